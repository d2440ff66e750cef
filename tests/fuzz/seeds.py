"""Makes the seeds that are not songs of `tests/fixtures`: python3 seeds.py, in this folder."""

import io
import json
import sqlite3
import struct
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
FACTORY = (HERE / "../../presets/factory/tween-1-keys.syx").read_bytes()
SEEDS = HERE / "seeds"


def seed(path, data):
    (SEEDS / path).parent.mkdir(parents=True, exist_ok=True)
    (SEEDS / path).write_bytes(data if isinstance(data, bytes) else data.encode())


# Sysex ------------------------------------------------------------------------------------------


def single(packed):
    """A voice as a message of its own."""
    voice = bytearray()
    for operator in range(6):
        at = packed[17 * operator : 17 * operator + 17]
        voice += at[:11]
        voice += bytes([at[11] & 3, at[11] >> 2, at[12] & 7, at[13] & 3, at[13] >> 2])
        voice += bytes([at[14], at[15] & 1, at[15] >> 1, at[16], at[12] >> 3])
    voice += packed[102:111]
    voice += bytes([packed[111] & 7, packed[111] >> 3]) + packed[112:116]
    voice += bytes([packed[116] & 1, packed[116] >> 1 & 7, packed[116] >> 4])
    voice += packed[117:128]
    assert len(voice) == 155
    return b"\xf0\x43\x00\x00\x01\x1b" + bytes(voice) + bytes([-sum(voice) & 0x7F, 0xF7])


VOICES = [FACTORY[6 + 128 * n : 134 + 128 * n] for n in range(32)]
seed("sysex/bank.syx", FACTORY)
seed("sysex/single.syx", single(VOICES[0]))
seed("sysex/two-and-noise.syx", single(VOICES[1]) + b"\xfe\x01\x02" + single(VOICES[2])[:-2] + b"\x7f\xf7")
seed("sysex/packed.bin", VOICES[3] + VOICES[4])


# Archives ---------------------------------------------------------------------------------------


def zipped(members, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


SMALL = [("a/one.syx", single(VOICES[0])), ("b.bin", VOICES[1]), ("readme.txt", b"hello")]
seed("archive/stored.zip", zipped(SMALL))
seed("archive/deflated.zip", zipped(SMALL + [("bank.syx", FACTORY)], zipfile.ZIP_DEFLATED))
seed("archive/without-voices.zip", zipped([("a.syx", b"no voice")]))


# Databases --------------------------------------------------------------------------------------


def array(numbers, kind):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({len(numbers)},), }}\n".encode()
    form = f"<{len(numbers)}{'f' if kind == '<f4' else 'd'}"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(form, *numbers)


def database(name, statements):
    (SEEDS / "database").mkdir(parents=True, exist_ok=True)
    path = SEEDS / "database" / name
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 512")
    for statement in statements:
        connection.execute(*statement)
    connection.commit()
    connection.close()


TABLE = "CREATE TABLE preset (index_preset INTEGER, name TEXT, other_names TEXT, index_cart INTEGER, pickled_params_np_array NPARRAY, labels TEXT)"
INSERT = "INSERT INTO preset VALUES (?, ?, ?, ?, ?, ?)"
MIDDLE = [0.5] * 155
database(
    "spinvae.sqlite",
    [
        ("CREATE TABLE cartridge (index_cart INTEGER UNIQUE, name TEXT)",),
        ("INSERT INTO cartridge VALUES (5, 'Fives.syx')",),
        (TABLE,),
        (INSERT, (700, "MIDDLE", "MIDDLING", 5, array(MIDDLE, "<f4"), "harmonic,sfx")),
        (INSERT, (701, "LOUD", "", 5, array([1.5, -1.0] + MIDDLE[2:], "<f8"), "")),
        (INSERT, (702, "SHORT", None, 6, array(MIDDLE[:154], "<f4"), None)),
    ],
)
database(
    "plain.sqlite",
    [
        ("CREATE TABLE preset (name TEXT, pickled_params_np_array BLOB)",),
        ("INSERT INTO preset VALUES (?, ?)", ("ONE", array(MIDDLE, "<f4"))),
    ],
)
# Rows without end, made up while they are read.
database(
    "view.sqlite",
    [
        (
            "CREATE VIEW preset AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS name, x'00' AS pickled_params_np_array FROM n",
        )
    ],
)


def led_astray():
    """Every page of a table's tree leads to the next many times: more rows than can be counted."""
    path = SEEDS / "database" / "tree.sqlite"
    data = bytearray((SEEDS / "database" / "plain.sqlite").read_bytes())
    root = data[: 512].find(b"CREATE TABLE preset")
    assert root > 0
    levels, fan = 12, 60
    pages = [data[at : at + 512] for at in range(0, len(data), 512)]
    first = len(pages)
    # A row of two columns that are NULL.
    leaf = bytearray(512)
    leaf[0:10] = struct.pack(">BHHHBH", 13, 0, 1, 507, 0, 507)
    leaf[507:512] = bytes([3, 1, 3, 0, 0])
    for level in range(levels):
        page = bytearray(512)
        below = first + level + 2  # pages count from 1
        page[0:12] = struct.pack(">BHHHBI", 5, 0, fan, 512 - 5 * fan, 0, below)
        for cell in range(fan):
            at = 512 - 5 * (cell + 1)
            page[12 + 2 * cell : 14 + 2 * cell] = struct.pack(">H", at)
            page[at : at + 5] = struct.pack(">IB", below, cell)
        pages.append(page)
    pages.append(leaf)
    # The table's root becomes the first of them.
    pages[1][:] = pages[first]
    whole = bytearray(b"".join(pages))
    whole[28:32] = struct.pack(">I", len(pages))
    path.write_bytes(whole)


led_astray()


# States -----------------------------------------------------------------------------------------

for name in ["second-version-even", "first-version-modern"]:
    whole = (HERE / f"../fixtures/{name}.state").read_bytes()
    seed(f"state/{name}.state", whole)
    session = json.loads(json.loads(whole[8:])["fields"]["session"])
    seed(f"state/{name}.json", json.dumps(session))
session["version"] = 3
session["pins"] = [0.25, 1.5]
session["dexed"] = {"format": "clap", "path": "/Dexed.clap"}
seed("state/third-version.json", json.dumps(session))
del session["table"]
seed("state/without-path.json", json.dumps(session))


# Checkpoints ------------------------------------------------------------------------------------


class Pickle(bytearray):
    def text(self, text):
        self += b"X" + struct.pack("<I", len(text)) + text.encode()

    def tensor(self, key, count, old):
        self += b"ctorch._utils\n_rebuild_tensor_v2\n(("
        self.text("storage")
        self += b"ctorch\nFloatStorage\n"
        self.text(str(key))
        self.text("cuda:0")
        self += b"K" + bytes([count]) + (b"N" if old else b"") + b"tQK\x00"
        self += b"(K" + bytes([count]) + b"t(K\x01t\x89ccollections\nOrderedDict\n)RtR"


def structure(tensors, old):
    pickle = Pickle(b"\x80\x02}(")
    for key, (group, (name, count)) in enumerate(tensors.items()):
        pickle.text(group)
        pickle += b"}("
        pickle.text("model_state_dict")
        pickle += b"ccollections\nOrderedDict\n)R("
        pickle.text(name)
        pickle.tensor(key, count, old)
        pickle += b"u}"
        pickle.text("_metadata")
        pickle += b"ccollections\nOrderedDict\n)Rsbu"
    return bytes(pickle + b"u.")


TENSORS = {
    "audio": ("0.0.blk0.strided.c.bias", 8),
    "latent": ("0.0.conv.c.bias", 4),
    "preset": ("1.numerical_distrib_linear.bias", 9),
}


def values(count):
    return struct.pack(f"<{count}f", *range(count))


new = [("c/data.pkl", structure(TENSORS, False))]
new += [(f"c/data/{key}", values(count)) for key, (_, count) in enumerate(TENSORS.values())]
seed("checkpoint/zip.pt", zipped(new))
old = b"\x80\x02\x8a\x0a" + bytes.fromhex("6cfc9c46f9206aa85019") + b".\x80\x02M\xe9\x03.\x80\x02}."
old += structure(TENSORS, True)
keys = Pickle(b"\x80\x02](")
for key in range(3):
    keys.text(str(key))
old += bytes(keys) + b"e."
for _, count in TENSORS.values():
    old += struct.pack("<Q", count) + values(count)
seed("checkpoint/legacy.pt", old)
seed("checkpoint/system.pt", zipped([("c/data.pkl", b"\x80\x02cposix\nsystem\n(X\x02\x00\x00\x00lstR.")]))
# PyTorch compresses nothing: a small file could hold storages larger than the memory.
seed("checkpoint/compressed.pt", zipped(new, zipfile.ZIP_DEFLATED))
# An empty tensor whose other sizes, multiplied, are more than fits.
empty = structure(TENSORS, False).replace(b"(K\x08t(K\x01t", b"(K\x00" + 3 * b"J\xff\xff\xff\x7f" + b"t(" + 4 * b"K\x00" + b"t")
seed("checkpoint/empty.pt", zipped([("c/data.pkl", empty)] + new[1:]))


# Safetensors ------------------------------------------------------------------------------------


def safetensors(metadata, tensors):
    header, data = {"__metadata__": metadata}, b""
    for name, kind, shape, content in tensors:
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def halves(count):
    return struct.pack(f"<{count}e", *((n % 7 - 3) / 8 for n in range(count)))


SIZES = {"width": 2, "heads": 1, "encoder_blocks": 1, "decoder_blocks": 1, "operator_latent": 1, "patch_latent": 1, "heard": 1}


def network():
    """The smallest network there can be. What does not depend on its sizes is read off ours."""
    weights = (HERE / "../../model/weights/compact.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", weights[:8])
    ours = json.loads(weights[8 : 8 + length])
    shipped = json.loads(ours.pop("__metadata__")["config"])
    by_size = {
        shipped["width"]: 2,
        3 * shipped["width"]: 6,
        4 * shipped["width"]: 8,
        6 * shipped["width"]: 12,
        8 * shipped["width"]: 16,
        shipped["operator_latent"]: 1,
        2 * shipped["operator_latent"]: 2,
        shipped["patch_latent"]: 1,
        shipped["heard"]: 1,
    }
    for name, tensor in ours.items():
        if any(f".{block}." in name for block in "12"):
            continue
        shape = [by_size.get(size, size) for size in tensor["shape"]]
        if name.startswith("encoder.patch_latent"):
            shape[-1] = 2
        count = 1
        for size in shape:
            count *= size
        yield name, "F16", shape, halves(count)


tensors = list(network())
seed("safetensors/smallest.safetensors", safetensors({"config": json.dumps(SIZES)}, tensors))
kinds = [
    ("a.weight", "F32", [2, 2], struct.pack("<4f", 1.0, -2.5, float("nan"), 1e-9)),
    ("a.count", "I64", [], struct.pack("<q", 7)),
    ("a.half", "F16", [3], halves(3)),
    ("a.brain", "BF16", [2], b"\x80\x3f\x00\x40"),
]
seed("safetensors/kinds.safetensors", safetensors({"steps": "12", "configuration": "paper"}, kinds))
seed("safetensors/without-heads.safetensors", safetensors({"config": json.dumps(SIZES | {"heads": 0})}, tensors))
for name, sizes in [("blocks", {"encoder_blocks": 10**15}), ("width", {"width": 2**62}), ("heads", {"width": 2, "heads": 3})]:
    seed(f"safetensors/impossible-{name}.safetensors", safetensors({"config": json.dumps(SIZES | sizes)}, []))
seed("safetensors/empty.safetensors", safetensors({}, [("a", "F32", [0, 2**40, 2**40], b"")]))


# Scala ------------------------------------------------------------------------------------------

seed("scale/equal.scl", "! equal.scl\n!\nTwelve equal steps\n 12\n!\n" + "".join(f"{n}00.0\n" for n in range(1, 12)) + "2/1\n")
seed("scale/just.scl", "! just.scl\n!\nJust, by ratios\n 7\n!\n9/8\n5/4 the third\n4/3\n3/2\n5/3\n15/8\n2\n")
seed("scale/falling.scl", "falling\n3\n-100.5\n1/3\n-1200.\n")
seed("keyboard_map/white.kbm", "! white.kbm\n12\n0\n127\n60\n69\n440.0\n7\n0\nx\n1\nx\n2\n3\nx\n4\nx\n5\nx\n6\n")
seed("keyboard_map/linear.kbm", "! every key the next degree\n0\n0\n127\n60\n69\n432.0\n0\n")
seed("keyboard_map/some.kbm", "! keys 40 to 80, the last left out\n5\n40\n80\n41\n80\n261.625565\n3\n-1\nx\n2\n")
