"""Reads event files with Python's TensorFlow, as a reference for the trainer's tests.

usage: events.py FOLDER

Prints the steps and the tags of all values in the folder's event files as one JSON object.
"""
import glob
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import tensorflow as tf

found = [
    (event.step, value.tag)
    for path in glob.glob(f"{sys.argv[1]}/events.out.tfevents.*")
    for event in tf.compat.v1.train.summary_iterator(path) for value in event.summary.value
]
print(json.dumps({"steps": sorted({step for step, _ in found}), "tags": sorted({tag for _, tag in found})}))
