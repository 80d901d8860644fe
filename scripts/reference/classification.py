"""Scores classifications with scikit-learn, as a reference for Sources/Evaluation.

Reads [{"labels": [...], "predictions": [...], "classes": N}, ...] from the file named first and prints one report each.
"""
import json
import sys

from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

reports = []
for case in json.load(open(sys.argv[1])):
    truth, predicted, classes = case["labels"], case["predictions"], list(range(case["classes"]))
    precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=classes, zero_division=0)
    macro = precision_recall_fscore_support(truth, predicted, labels=classes, average="macro", zero_division=0)
    reports.append({
        "accuracy": accuracy_score(truth, predicted),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(),
        "macro": list(macro[:3]),
        "confusion": confusion_matrix(truth, predicted, labels=classes).tolist(),
    })
json.dump(reports, sys.stdout)
