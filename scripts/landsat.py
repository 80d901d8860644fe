#!/usr/bin/env python3
"""Turns mlbench's Satellite.rda (Statlog Landsat MSS) into the TFRecord folders that the examples train and are scored on.

usage: landsat.py Satellite.rda FOLDER

FOLDER/trial holds train and validation records, what a trial may see; FOLDER/held-out holds the test records and is mounted
into no trial. The same input gives the same bytes.
"""

import hashlib
import json
import os
import pathlib
import sys
import warnings

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"}  # only records are written: no notices, please

import rdata
import tensorflow as tf

INPUT_SHA256 = "29f8cf9bb1bc51b769d694c9caf740fd1c36ed6a7c87603edf5985962e330f64"
TRAINING_ROWS = 4435  # Statlog's own split: the rows after these are the test part
VALIDATION_PERCENT = 20
SEED = 20260101
SHAPE = [3, 3, 4]  # row, column, band: a row of the table is pixel after pixel, four bands each, top left first


def read(path):
    """The patches as 36 bytes each, their labels, and the class names in label order."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != INPUT_SHA256:
        sys.exit(f"error: {path} is not the Satellite.rda this conversion was written for; its SHA-256 differs")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the file states no text encoding; its few strings are ASCII
        table = rdata.read_rda(path)["Satellite"]
    pixels = table.iloc[:, :36].to_numpy()
    patches = pixels.astype("uint8")
    if (patches != pixels).any():
        sys.exit(f"error: {path} has pixel values that are not whole numbers from 0 to 255")
    return [row.tobytes() for row in patches], table["classes"].cat.codes.tolist(), table["classes"].cat.categories.tolist()


def split(labels):
    """Row numbers of train, validation and test. Validation takes the same share of every class, drawn by a seeded hash, so
    that the choice depends on no library's random generator."""
    rank = {row: hashlib.sha256(f"{SEED}/{row}".encode()).digest() for row in range(TRAINING_ROWS)}
    validation = set()
    for label in sorted(set(labels)):
        rows = sorted((row for row in rank if labels[row] == label), key=rank.get)
        validation.update(rows[: round(len(rows) * VALIDATION_PERCENT / 100)])
    train = [row for row in range(TRAINING_ROWS) if row not in validation]
    return train, sorted(validation), list(range(TRAINING_ROWS, len(labels)))


def example(patch, label):
    features = {
        "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[patch])),
        "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString(deterministic=True)


def write(folder, parts, patches, labels, classes):
    """Writes one TFRecord file a part, then dataset.json, which says what is in them."""
    folder.mkdir(parents=True)
    files = {}
    for part, rows in parts.items():
        path = folder / f"{part}.tfrecord"
        with tf.io.TFRecordWriter(str(path)) as writer:
            for row in rows:
                writer.write(example(patches[row], labels[row]))
        data = path.read_bytes()
        files[path.name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    description = {
        "name": "landsat",
        "features": {"image": {"shape": SHAPE, "dtype": "uint8"}, "label": {"dtype": "int64"}},
        "classes": classes,
        "records": {part: len(rows) for part, rows in parts.items()},
        "files": files,
        "source": "Statlog (Landsat Satellite), as Satellite.rda of the R package mlbench 2.1-3, SHA-256 " + INPUT_SHA256,
        "attribution": "Landsat MSS data bought from NASA by the Australian Centre for Remote Sensing; site visit by Karen Hall; "
        "prepared by Ashwin Srinivasan and Alistair Sutherland for the Statlog project",
        "license": "mlbench is distributed under GPL-2; the Statlog table is in the UCI Machine Learning Repository",
    }
    (folder / "dataset.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = map(pathlib.Path, sys.argv[1:])
    patches, labels, classes = read(source)
    train, validation, test = split(labels)
    write(target / "trial", {"train": train, "validation": validation}, patches, labels, classes)
    write(target / "held-out", {"test": test}, patches, labels, classes)
    print(f"landsat: {len(train)} train, {len(validation)} validation, {len(test)} held-out records of {len(classes)} classes")


if __name__ == "__main__":
    main()
