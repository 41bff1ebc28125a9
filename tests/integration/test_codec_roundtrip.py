#!/usr/bin/python3
"""Every message of proto/, filled at random, through our codec and through Google's, both ways.

Ours differs from google.protobuf.json_format where the contract says so (daemon/codec/pbjson.h): an int64
named "at" or "..._at" is RFC 3339, and null at 0; halld.Json is the object that its text says.
"""
import datetime
import glob
import json
import os
import random
import re
import struct
import subprocess
import sys
import zoneinfo

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor as Field

SRC, BUILD = (os.path.abspath(os.environ.get(name, default)) for name, default in
              (("top_srcdir", "."), ("top_builddir", "build")))
ZONES = ["Asia/Shanghai", "America/St_Johns"]  # the second has half hours and summer time
ROUNDS = int(os.environ.get("CODEC_ROUNDS", "30"))
TEXTS = ["", "A032", "综合窗口", "张*", "😀", "\"quoted\" \\ back", "tab\tline\n", "</script>&", "\u007f\u0085\u2028", "é" * 40]
ENDS = {Field.TYPE_INT32: (-2**31, 2**31 - 1), Field.TYPE_INT64: (-2**63, 2**63 - 1),
        Field.TYPE_UINT32: (0, 2**32 - 1), Field.TYPE_UINT64: (0, 2**64 - 1), Field.TYPE_FIXED64: (0, 2**64 - 1)}
JSON = "halld.Json"
WIDE = (Field.TYPE_INT64, Field.TYPE_UINT64, Field.TYPE_FIXED64)


def load_messages(folder):
    """name -> class, of all messages in all files, map entries apart; from a descriptor set made now."""
    path = os.path.join(folder, "all.pb")
    files = sorted(glob.glob(os.path.join(SRC, "proto", "*.proto")))
    subprocess.run(["protoc", f"-I{SRC}/proto", "--include_imports", f"--descriptor_set_out={path}", *files], check=True)
    with open(path, "rb") as file:
        described = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in described.file:
        pool.Add(file)
    found = {}

    def collect(descriptor):
        if not descriptor.GetOptions().map_entry:
            found[descriptor.full_name] = message_factory.MessageFactory(pool).GetPrototype(descriptor)
        for nested in descriptor.nested_types:
            collect(nested)

    for file in described.file:
        for descriptor in pool.FindFileByName(file.name).message_types_by_name.values():
            collect(descriptor)
    return found


class Pipe:
    """tests/unit/codec_pipe, asked one thing after another."""

    def __init__(self, zone):
        self.process = subprocess.Popen([os.path.join(BUILD, "tests/unit/codec_pipe")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env={**os.environ, "TZ": zone})

    def ask(self, name, direction, data):
        name = name.encode()
        self.process.stdin.write(struct.pack("<I", len(name)) + name + direction + struct.pack("<I", len(data)) + data)
        self.process.stdin.flush()
        sign = self.process.stdout.read(1)
        assert sign, "codec_pipe died"
        answer = self.process.stdout.read(struct.unpack("<I", self.process.stdout.read(4))[0])
        assert sign == b"+", f"{name.decode()}: {answer.decode()}: {data!r}"
        return answer

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=60) == 0


def is_moment(field):
    return (field.type == Field.TYPE_INT64 and field.label != Field.LABEL_REPEATED
            and re.search(r"(^|_)at$", field.name))


def is_map(field):
    return field.type == Field.TYPE_MESSAGE and field.message_type.GetOptions().map_entry


def random_scalar(rng, field):
    if is_moment(field):
        return rng.choice([86400000, 951782400000, rng.randrange(86400000, 253370678400000), rng.randrange(10**12, 2 * 10**12)])
    if field.type in ENDS:
        low, high = ENDS[field.type]
        return rng.choice([0, 1, low, high, rng.randint(low, high), rng.randint(0, 1000)])
    if field.type == Field.TYPE_BOOL:
        return rng.random() < 0.5
    if field.type == Field.TYPE_ENUM:
        return rng.choice(field.enum_type.values).number
    if field.type == Field.TYPE_STRING:
        return rng.choice(TEXTS)
    assert field.type == Field.TYPE_BYTES, f"{field.full_name}: a type that the codec does not have"
    return rng.randbytes(rng.choice([0, 1, 2, 3, 16, 33]))


def random_json(rng, depth=0):
    kind = rng.randrange(8 if depth < 3 else 6)
    if kind == 6 and depth:
        return [random_json(rng, depth + 1) for _ in range(rng.randrange(4))]
    if kind == 7 or depth == 0:
        return {key: random_json(rng, depth + 1) for key in rng.sample(TEXTS, rng.randrange(4))}
    return rng.choice([None, True, False, 0, -2**63, 2**63 - 1, rng.randrange(1000), 1.5, -0.25]) if kind < 2 else rng.choice(TEXTS)


def json_text(tree):
    """As our codec keeps it."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")) if tree else ""


def fill_field(rng, message, field, depth):
    if is_map(field):
        for key in rng.sample(TEXTS, rng.randrange(4)):
            getattr(message, field.name)[key] = rng.choice(TEXTS)
    elif field.label == Field.LABEL_REPEATED:
        for _ in range(rng.choice([0, 1, 2, 5 if depth < 2 else 1])):
            if field.type == Field.TYPE_MESSAGE:
                fill(rng, getattr(message, field.name).add(), depth + 1)
            else:
                getattr(message, field.name).append(random_scalar(rng, field))
    elif field.type == Field.TYPE_MESSAGE:
        getattr(message, field.name).SetInParent()
        fill(rng, getattr(message, field.name), depth + 1)
    else:
        setattr(message, field.name, random_scalar(rng, field))


def fill(rng, message, depth=0):
    if message.DESCRIPTOR.full_name == JSON:
        message.text = json_text(random_json(rng))
        return message
    share = rng.choice([0, 0.5, 0.9])
    for field in message.DESCRIPTOR.fields:
        if not field.containing_oneof and rng.random() < share:
            fill_field(rng, message, field, depth)
    for oneof in message.DESCRIPTOR.oneofs:
        if rng.random() < max(share, 0.3):
            fill_field(rng, message, rng.choice(oneof.fields), depth)
    return message


def moment_text(ms, zone):
    at = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(milliseconds=ms)
    return at.astimezone(zone).isoformat(timespec="milliseconds")


def convert(descriptor, tree, change):
    """The tree with change(field, value) for each value of a field that is no message."""
    if descriptor.full_name == JSON:
        return json.loads(tree["text"] or "{}")
    out = {}
    for key, value in tree.items():
        field = descriptor.fields_by_name[key]
        if field.type != Field.TYPE_MESSAGE or is_map(field):
            out[key] = change(field, value)
        elif field.label == Field.LABEL_REPEATED:
            out[key] = [convert(field.message_type, item, change) for item in value]
        else:
            out[key] = convert(field.message_type, value, change)
    return out


def google_tree(message):
    return json_format.MessageToDict(message, including_default_value_fields=True, preserving_proto_field_name=True)


def our_tree(message, zone):
    """What our codec must write."""
    def change(field, value):
        if is_moment(field):
            return moment_text(int(value), zone) if int(value) else None
        return value
    return convert(message.DESCRIPTOR, google_tree(message), change)


def other_spelling(rng, message):
    """The same message as somebody else might write it: other offsets, plain numbers, nulls, another order."""
    def change(field, value):
        if is_moment(field) and int(value):
            return moment_text(int(value), datetime.timezone(datetime.timedelta(minutes=rng.randrange(-1439, 1440))))
        if is_moment(field):
            return None
        if field.type in WIDE and field.label != Field.LABEL_REPEATED and int(value) < 2**63 and rng.random() < 0.5:
            return int(value)
        return value

    def shuffle(descriptor, tree):
        if descriptor.full_name == JSON:
            return tree
        tree = dict(tree)
        for field in descriptor.fields:
            if field.name not in tree and rng.random() < 0.3:
                tree[field.name] = None
            elif tree.get(field.name) is not None and field.type == Field.TYPE_MESSAGE and not is_map(field):
                value = tree[field.name]
                tree[field.name] = ([shuffle(field.message_type, item) for item in value]
                                    if field.label == Field.LABEL_REPEATED else shuffle(field.message_type, value))
        return dict(rng.sample(list(tree.items()), len(tree)))

    tree = shuffle(message.DESCRIPTOR, convert(message.DESCRIPTOR, google_tree(message), change))
    return json.dumps(tree, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1])).encode()


def without_duplicates(pairs):
    assert len(dict(pairs)) == len(pairs), "a key was written twice"
    return dict(pairs)


@pytest.fixture(scope="module", name="messages")
def fixture_messages(tmp_path_factory):
    return load_messages(tmp_path_factory.mktemp("descriptors"))


@pytest.mark.parametrize("zone_name", ZONES)
def test_every_message_both_ways(messages, zone_name):
    zone, pipe, done = zoneinfo.ZoneInfo(zone_name), Pipe(zone_name), 0
    for name, kind in messages.items():
        rng = random.Random(f"{zone_name} {name}")
        for _ in range(ROUNDS):
            message = fill(rng, kind())
            written = pipe.ask(name, b"w", message.SerializeToString())
            assert json.loads(written, object_pairs_hook=without_duplicates) == our_tree(message, zone)
            assert kind.FromString(pipe.ask(name, b"r", written)) == message
            spelled = other_spelling(rng, message)
            assert kind.FromString(pipe.ask(name, b"r", spelled)) == message
            done += 1
    pipe.close()
    assert done == len(messages) * ROUNDS and len(messages) > 80


def test_no_message_contains_itself_and_none_has_floats(messages):
    def walk(descriptor, above):
        assert descriptor.full_name not in above, f"{descriptor.full_name} is recursive"
        for field in descriptor.fields:
            assert field.type not in (Field.TYPE_FLOAT, Field.TYPE_DOUBLE, Field.TYPE_GROUP), field.full_name
            assert not field.has_presence or field.containing_oneof or field.type == Field.TYPE_MESSAGE, field.full_name
            if field.type == Field.TYPE_MESSAGE:
                walk(field.message_type, above | {descriptor.full_name})

    for kind in messages.values():
        walk(kind.DESCRIPTOR, frozenset())


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
