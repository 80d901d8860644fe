"""The Landsat records are what dataset.json says, and are split as Statlog splits them, with a stratified validation part."""

import collections
import hashlib
import json
import os
import pathlib
import unittest

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"}
import tensorflow as tf

FOLDER = pathlib.Path(os.environ.get("AERIE_CACHE", pathlib.Path.home() / ".cache/aerie")) / "datasets/landsat"


def records(path):
    for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
        features = tf.train.Example.FromString(record).features.feature
        yield features["image"].bytes_list.value[0], features["label"].int64_list.value[0]


class Landsat(unittest.TestCase):
    def setUp(self):
        self.descriptions = {name: json.loads((FOLDER / name / "dataset.json").read_text()) for name in ("trial", "held-out")}
        self.parts = {
            part: list(records(FOLDER / name / f"{part}.tfrecord"))
            for name, description in self.descriptions.items() for part in description["records"]
        }

    def test_the_parts_have_statlogs_sizes(self):
        self.assertEqual({part: len(rows) for part, rows in self.parts.items()}, {"train": 3548, "validation": 887, "test": 2000})

    def test_files_and_counts_are_as_described(self):
        for name, description in self.descriptions.items():
            for file, expected in description["files"].items():
                data = (FOLDER / name / file).read_bytes()
                self.assertEqual({"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}, expected, file)
            for part, count in description["records"].items():
                self.assertEqual(len(self.parts[part]), count, part)

    def test_the_first_training_row_is_statlogs_first_row(self):
        image, label = self.parts["train"][0]
        self.assertEqual(list(image[:12]), [92, 115, 120, 94, 84, 102, 106, 79, 84, 102, 102, 83])
        self.assertEqual(self.descriptions["trial"]["classes"][label], "grey soil")

    def test_every_patch_has_36_bytes_and_a_known_class(self):
        for part, rows in self.parts.items():
            self.assertEqual({len(image) for image, _ in rows}, {36}, part)
            self.assertEqual({label for _, label in rows}, set(range(6)), part)

    def test_validation_holds_a_fifth_of_every_class(self):
        validation, train = (collections.Counter(label for _, label in self.parts[part]) for part in ("validation", "train"))
        for label in range(6):
            share = validation[label] / (validation[label] + train[label])
            self.assertAlmostEqual(share, 0.2, delta=0.002, msg=f"class {label}")


if __name__ == "__main__":
    unittest.main()
