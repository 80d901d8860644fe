"""Exports the models that the server's tests serve, and writes down what Python's TensorFlow says they answer.

usage: export.py FOLDER
Makes FOLDER/models/<name>/<version>, and FOLDER/expected.json: calls with their inputs and outputs, computed by
tf.saved_model.load on what was exported.
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

ECHOED = [
    "float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64", "bool", "string",
]


def spec(shape, dtype, name):
    return tf.TensorSpec(shape, dtype, name)


class Zoo(tf.Module):
    """One model with a signature for every way in which a call can look."""

    def __init__(self):
        random = np.random.default_rng(1)
        self.weights = tf.Variable(random.normal(size=(36, 6)).astype(np.float32))
        self.calls = tf.Variable(0, dtype=tf.int64)

    @tf.function(input_signature=[spec([None, 3, 3, 4], tf.uint8, "image")])
    def classify(self, image):
        flat = tf.reshape(tf.cast(image, tf.float32) / 255 - 0.5, [-1, 36])
        return {"probabilities": tf.nn.softmax(flat @ self.weights)}

    @tf.function(input_signature=[spec([None, 2], tf.float32, "position"), spec([None], tf.int64, "scale")])
    def two_inputs(self, position, scale):
        scaled = position * tf.cast(scale, tf.float32)[:, None]
        return {"scaled": scaled, "total": tf.reduce_sum(scaled, axis=1)}

    @tf.function(input_signature=[spec([None], tf.string, "text")])
    def strings(self, text):
        return {"upper": tf.strings.upper(text), "raw_bytes": tf.strings.join([text, b"\xff"]), "size": tf.strings.length(text)}

    @tf.function(input_signature=[spec([None], tf.float32, "x")])
    def mean(self, x):
        return {"mean": tf.reduce_mean(x)}

    @tf.function(input_signature=[spec([], tf.float32, "x")])
    def scalar(self, x):
        return {"y": x + 1}

    @tf.function(input_signature=[spec([None, None], tf.float32, "x")])
    def logarithm(self, x):
        return {"y": tf.math.log(x)}

    @tf.function(input_signature=[spec([None], tf.int32, "steps")])
    def slow(self, steps):
        matrix = tf.ones([256, 256])
        body = lambda i, m: (i + 1, tf.tanh(m @ m) / 256)
        _, result = tf.while_loop(lambda i, m: i < steps[0], body, (0, matrix))
        return {"y": tf.fill(tf.shape(steps), tf.reduce_sum(result) * 0)}

    @tf.function(input_signature=[spec([None], tf.int64, "x")])
    def count(self, x):
        return {"calls": self.calls.assign_add(1) + 0 * x}

    @tf.function(input_signature=[spec([None, 2], tf.float32, "x")])
    def refuse(self, x):
        with tf.control_dependencies([tf.debugging.assert_positive(x, message="only positive numbers")]):
            return {"y": tf.identity(x)}


def echo(dtype):
    return tf.function(lambda x: {"y": tf.identity(x)}, input_signature=[spec(tf.TensorShape(None), dtype, "x")])


def export_zoo(folder):
    zoo = Zoo()
    signatures = {
        "serving_default": zoo.classify, "two_inputs": zoo.two_inputs, "strings": zoo.strings, "mean": zoo.mean,
        "scalar": zoo.scalar, "logarithm": zoo.logarithm, "slow": zoo.slow, "count": zoo.count, "refuse": zoo.refuse,
    }
    for dtype in ECHOED:
        function = echo(dtype)
        setattr(zoo, f"echo_{dtype}", function)
        signatures[f"echo_{dtype}"] = function
    tf.saved_model.save(zoo, str(folder), signatures={key: f.get_concrete_function() for key, f in signatures.items()})


def export_constant(folder, value):
    module = tf.Module()
    module.answer = tf.function(
        lambda x: {"y": x * 0 + value}, input_signature=[spec([None], tf.float32, "x")])
    tf.saved_model.save(module, str(folder), signatures=module.answer.get_concrete_function())


def plain(array):
    return array.tolist()


def calls(folder):
    model = tf.saved_model.load(str(folder))
    random = np.random.default_rng(2)

    def call(signature, **inputs):
        outputs = model.signatures[signature](**{name: tf.constant(value) for name, value in inputs.items()})
        return {
            "signature": signature, "inputs": {name: plain(value) for name, value in inputs.items()},
            "outputs": {name: plain(value.numpy()) for name, value in outputs.items()},
        }

    yield call("serving_default", image=random.integers(0, 256, (1, 3, 3, 4), dtype=np.uint8))
    yield call("serving_default", image=random.integers(0, 256, (100, 3, 3, 4), dtype=np.uint8))
    yield call("two_inputs", position=random.normal(size=(5, 2)).astype(np.float32), scale=np.arange(5))
    yield call("logarithm", x=random.uniform(size=(7, 3)).astype(np.float32))


def main():
    folder = pathlib.Path(sys.argv[1])
    export_zoo(folder / "models/zoo/1")
    for version, value in ((3, 3.0), (20, 20.0)):
        export_constant(folder / f"models/constant/{version}", value)
    (folder / "expected.json").write_text(json.dumps(list(calls(folder / "models/zoo/1"))))


if __name__ == "__main__":
    main()
