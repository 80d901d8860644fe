"""Repeats with Python's TensorFlow what the trainer did, as a reference for its tests.

usage: trainer.py DATA CASE...

DATA is the folder that make-dataset.py wrote. A CASE is the folder of a trial that trained three steps on all records at
once, with a checkpoint after each, beside the folder `export` of the last one. From the first checkpoint the second and
third step are computed again with eager operations and automatic differentiation. Prints one JSON object a case.
"""
import glob
import json
import math
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf

ACTIVATIONS = {
    "relu": tf.nn.relu, "tanh": tf.nn.tanh, "swish": tf.nn.silu,
    "gelu": lambda x: tf.nn.gelu(x, approximate=False),
}


def read(data, part):
    description = json.load(open(f"{data}/dataset.json"))["features"]["image"]
    images, labels = [], []
    for record in tf.data.TFRecordDataset(f"{data}/{part}.tfrecord"):
        features = tf.train.Example.FromString(record.numpy()).features.feature
        pixels = np.frombuffer(features["image"].bytes_list.value[0], dtype="<u2")
        images.append(pixels.reshape(description["shape"]).astype(np.float32))
        labels.append(features["label"].int64_list.value[0])
    return np.stack(images), np.array(labels)


def logits(variables, model, normalization, images):
    activation = ACTIVATIONS[model["activation"]]
    x = (images - np.float32(normalization["mean"])) / np.float32(normalization["deviation"])
    number = 1
    while f"convolution_{number}/kernel" in variables:
        x = tf.nn.conv2d(x, variables[f"convolution_{number}/kernel"], 1, "SAME")
        x = activation(x + variables[f"convolution_{number}/bias"])
        if min(x.shape[1], x.shape[2]) >= 8:
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        number += 1
    x = tf.reshape(x, [len(images), -1])
    number = 1
    while f"hidden_{number}/kernel" in variables:
        x = activation(x @ variables[f"hidden_{number}/kernel"] + variables[f"hidden_{number}/bias"])
        number += 1
    return x @ variables["logits/kernel"] + variables["logits/bias"]


def update(name, value, gradient, slots, training, step):
    rate = training["learningRate"]
    if training["schedule"] == "cosine":
        rate *= 0.5 * (1 + math.cos(math.pi * step / training["steps"]))
    optimizer = training["optimizer"]
    if optimizer == "sgd":
        return value - rate * gradient
    if optimizer == "momentum":
        slots[f"{name}/momentum"] = training["momentum"] * slots[f"{name}/momentum"] + gradient
        return value - rate * slots[f"{name}/momentum"]
    first = slots[f"{name}/adam_m"] = 0.9 * slots[f"{name}/adam_m"] + 0.1 * gradient
    second = slots[f"{name}/adam_v"] = 0.999 * slots[f"{name}/adam_v"] + 0.001 * gradient**2
    corrected = rate * math.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
    decay = rate * training["weightDecay"] * value if optimizer == "adamw" and name.endswith("/kernel") else 0
    return value - decay - corrected * first / (np.sqrt(second) + 1e-7)


def check(trial, data):
    record = json.load(open(f"{trial}/trial.json"))["trainer"]
    prefix = lambda step: glob.glob(f"{trial}/attempts/*/checkpoints/ckpt-{step}.index")[0][: -len(".index")]
    readers = {step: tf.train.load_checkpoint(prefix(step)) for step in (1, 2, 3)}
    values = {step: {n: r.get_tensor(n) for n in r.get_variable_to_shape_map()} for step, r in readers.items()}
    description = json.loads(values[1]["aerie/description"])
    names = [n for n in values[1] if n.endswith(("/kernel", "/bias"))]
    slots = {n: v.astype(np.float64) for n, v in values[1].items() if n.split("/")[-1] in ("momentum", "adam_m", "adam_v")}
    variables = {n: values[1][n] for n in names}
    images, labels = read(data, "train")
    losses = []
    for step in (1, 2):
        with tf.GradientTape() as tape:
            watched = {n: tf.Variable(v) for n, v in variables.items()}
            output = logits(watched, description["trainer"]["model"], description["normalization"], images)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, output))
        losses.append(float(loss))
        gradients = tape.gradient(loss, watched)
        variables = {
            n: update(n, variables[n], gradients[n].numpy(), slots, record["training"], step).astype(np.float32)
            for n in names
        }
    difference = max(float(np.max(np.abs(variables[n] - values[3][n]))) for n in names)
    moved = max(float(np.max(np.abs(values[3][n] - values[1][n]))) for n in names)

    exported = tf.saved_model.load(f"{trial}/export")
    test_images, test_labels = read(data, "test")
    result = exported.signatures["serving_default"](image=tf.constant(test_images))
    reference = tf.nn.softmax(
        logits({n: values[3][n] for n in names}, description["trainer"]["model"], description["normalization"], test_images))
    same = all(np.array_equal(v.numpy(), values[3][v.name.split(":")[0]]) for v in exported.variables)
    events = [
        {"step": event.step, "tag": value.tag}
        for path in sorted(glob.glob(f"{trial}/attempts/*/events.out.tfevents.*"))
        for event in tf.compat.v1.train.summary_iterator(path) for value in event.summary.value
    ]
    return {
        "difference": difference, "moved": moved, "losses": losses, "globalStep": int(values[3]["global_step"]),
        "exportedVariables": len(exported.variables), "modelVariables": len(names), "exportedVariablesSame": same,
        "probabilityDifference": float(np.max(np.abs(result["probabilities"].numpy() - reference.numpy()))),
        "accuracy": float(np.mean(result["class"].numpy() == test_labels)),
        "eventTags": sorted({event["tag"] for event in events}), "eventSteps": sorted({event["step"] for event in events}),
    }


print(json.dumps([check(trial, sys.argv[1]) for trial in sys.argv[2:]]))
