#!/usr/bin/env python3
"""A crowd at the webhook's door: bodies that stall, bodies that are dense, and API servers that want an answer meanwhile.

usage: crowd.py PORT STALLED DENSE BYTES REVIEW-FILE
Prints one JSON object: the status of each dense body's answer, and status and seconds of each proper review's.
"""

import json
import socket
import ssl
import sys
import threading
import time

port, stalled, dense, size = map(int, sys.argv[1:5])
review = open(sys.argv[5], "rb").read()
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
PATH = "/validate-kubeflow-org-v1-tfjob"


def connect():
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=30))


def head(length):
    return f"POST {PATH} HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()


def status(connection):
    """The status of the answer; 0 when the connection is closed without one."""
    answer = b""
    while b"\r\n" not in answer:
        part = connection.recv(4096)
        if not part:
            return 0
        answer += part
    return int(answer.split()[1])


def stall(done):
    """All of a body but its last byte."""
    try:
        with connect() as connection:
            connection.sendall(head(size) + b" " * (size - 1))
            done.wait(30)
    except OSError:
        pass


def pack(answers):
    body = (b"[" + b"[0]," * (size // 4))[: size - 4] + b"[0]]"
    try:
        with connect() as connection:
            connection.sendall(head(len(body)) + body)
            answers.append(status(connection))
    except OSError:
        answers.append(0)


def ask(answers):
    began = time.monotonic()
    try:
        with connect() as connection:
            connection.sendall(head(len(review)) + review)
            answers.append([status(connection), time.monotonic() - began])
    except OSError as error:
        answers.append([0, time.monotonic() - began])
        print(error, file=sys.stderr)


done, dense_answers, proper_answers = threading.Event(), [], []
holding = [threading.Thread(target=stall, args=(done,), daemon=True) for _ in range(stalled)]
packing = [threading.Thread(target=pack, args=(dense_answers,), daemon=True) for _ in range(dense)]
for thread in holding:
    thread.start()
time.sleep(1)
for thread in packing:
    thread.start()
until = time.monotonic() + 8
while time.monotonic() < until or any(thread.is_alive() for thread in packing):
    ask(proper_answers)
    time.sleep(0.1)
done.set()
print(json.dumps({"dense": dense_answers, "proper": proper_answers}))
