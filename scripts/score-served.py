#!/usr/bin/env python3
"""Scores a served model from the outside: sends labelled records over HTTP, compares its answers with the labels.

Exits 1 when the accuracy is below --minimum or differs from what `aerie-trainer evaluate` found (--expected).
"""
import argparse
import json
import os
import sys
import urllib.request

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import numpy as np
import tensorflow as tf
from sklearn.metrics import accuracy_score, f1_score


def read_records(path, shape):
    features = {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64)}
    images, labels = [], []
    for record in tf.data.TFRecordDataset(path):
        example = tf.io.parse_single_example(record, features)
        images.append(np.frombuffer(example["image"].numpy(), dtype=np.uint8).reshape(shape))
        labels.append(int(example["label"]))
    return np.stack(images), np.array(labels)


def predict(url, images):
    body = json.dumps({"instances": [{"image": image.tolist()} for image in images]}).encode()
    request = urllib.request.Request(url + ":predict", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["predictions"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--url", required=True, help="http://HOST:PORT/v1/models/NAME")
    arguments.add_argument("--data", required=True, help="TFRecord file with the features image and label")
    arguments.add_argument("--shape", default="3,3,4", help="height,width,bands of an image")
    arguments.add_argument("--expected", help="JSON written by `aerie-trainer evaluate --output json`")
    arguments.add_argument("--minimum", type=float, default=0.0)
    arguments.add_argument("--batch", type=int, default=200)
    options = arguments.parse_args()

    shape = [int(side) for side in options.shape.split(",")]
    images, labels = read_records(options.data, shape)
    answers = []
    for start in range(0, len(images), options.batch):
        answers += predict(options.url, images[start:start + options.batch])
    classes = np.array([int(answer["class"]) for answer in answers])
    accuracy = accuracy_score(labels, classes)
    print(f"served accuracy    {accuracy:.4f}  ({int((labels == classes).sum())} of {len(labels)} rows; "
          f"macro F1 {f1_score(labels, classes, average='macro'):.4f})")

    failures = []
    if options.expected:
        with open(options.expected) as file:
            expected = json.load(file)["metrics"]["accuracy"]
        print(f"aerie-trainer evaluate  {expected:.4f}")
        if abs(expected - accuracy) > 1e-9:
            failures.append(f"the served model scores {accuracy}, aerie-trainer evaluate {expected}")
    if accuracy < options.minimum:
        failures.append(f"accuracy {accuracy:.4f} is below {options.minimum}")
    print("\n".join(failures), file=sys.stderr)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
