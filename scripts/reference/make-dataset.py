"""Writes a small dataset of 16-bit images with Python's TensorFlow, as an input for tests of the trainer.

usage: make-dataset.py FOLDER
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

SHAPE = (10, 9, 2)
CLASSES = ["dune", "rock", "ice"]
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True)
random = np.random.default_rng(20260101)
files, records = {}, {}
for part, count in {"train": 48, "validation": 30, "test": 21}.items():
    path = folder / f"{part}.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for index in range(count):
            label = index % len(CLASSES)
            image = random.integers(0, 20000, SHAPE) + label * np.array([9000, 4000])
            features = {
                "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image.astype("<u2").tobytes()])),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
            }
            writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
    files[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    records[part] = count
(folder / "dataset.json").write_text(json.dumps({
    "features": {"image": {"shape": SHAPE, "dtype": "uint16"}, "label": {"dtype": "int64"}},
    "classes": CLASSES, "records": records, "files": files,
}))
