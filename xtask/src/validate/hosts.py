"""Tween's VST3 in a host that nobody of the project wrote: `hosts.py HOST BUNDLE FOLDER`.

HOST is pedalboard or dawdreamer. FOLDER holds what the CLAP played in the project's own headless
host at Morph 0 and 1 (0.f32 and 1.f32: mono, 48 kHz, little-endian, the note of NOTE).
Prints a line for each check; the exit status is 0 if all hold.
"""

import os
import sys
import tempfile
import time

import numpy

RATE, BLOCK, SECONDS = 48_000, 64, 1.0
# Key, velocity, seconds from and to.
NOTE = (60, 100, 0.0, 0.5)


class Pedalboard:
    def __init__(self, bundle):
        import pedalboard

        self.version = pedalboard.__version__
        self.plugin = pedalboard.load_plugin(bundle)
        self.morph = self.plugin.parameters["morph"]

    def play(self, morph):
        """The left channel of the note; `morph` is a position, or two to go between."""
        key, velocity, start, end = NOTE
        path = [morph] * 2 if numpy.isscalar(morph) else morph
        self.morph.raw_value = path[0]
        # Before it knows the parameter, and to silence what sounded.
        self.plugin.process([], 0.1, RATE, 2, BLOCK, reset=True)
        notes = [((0x90, key, velocity), start), ((0x80, key, 64), end)]
        if path[0] == path[1]:
            return self.plugin.process(notes, SECONDS, RATE, 2, BLOCK, reset=True)[0]
        pieces, count = [], 20
        for piece in range(count):
            self.morph.raw_value = path[0] + (path[1] - path[0]) * piece / (count - 1)
            part = SECONDS / count
            inside = [(m, t - piece * part) for m, t in notes if 0 <= t - piece * part < part]
            pieces.append(self.plugin.process(inside, part, RATE, 2, BLOCK, reset=False)[0])
        return numpy.concatenate(pieces)

    def state(self):
        return self.plugin.raw_state

    def restore(self, state):
        self.plugin.raw_state = state

    def value(self):
        return self.morph.raw_value

    def set(self, morph):
        self.morph.raw_value = morph
        self.plugin.process([], 0.1, RATE, 2, BLOCK, reset=True)


class DawDreamer:
    def __init__(self, bundle):
        import dawdreamer
        from importlib.metadata import version

        self.version = version("dawdreamer")
        self.engine = dawdreamer.RenderEngine(RATE, BLOCK)
        self.plugin = self.engine.make_plugin_processor("tween", bundle)
        names = [p["name"] for p in self.plugin.get_parameters_description()]
        self.morph = names.index("Morph")

    def play(self, morph):
        key, velocity, start, end = NOTE
        path = [morph] * 2 if numpy.isscalar(morph) else morph
        count = round(SECONDS * RATE)
        self.plugin.set_automation(self.morph, numpy.linspace(*path, count).astype("float32"))
        self.plugin.clear_midi()
        self.plugin.add_midi_note(key, velocity, start, end - start)
        self.engine.load_graph([(self.plugin, [])])
        self.engine.render(SECONDS)
        return self.engine.get_audio()[0]

    def state(self):
        with tempfile.TemporaryDirectory() as folder:
            self.plugin.save_state(os.path.join(folder, "state"))
            with open(os.path.join(folder, "state"), "rb") as file:
                return file.read()

    def restore(self, state):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "state"), "wb") as file:
                file.write(state)
            self.plugin.load_state(os.path.join(folder, "state"))

    def value(self):
        return self.plugin.get_parameter(self.morph)

    def set(self, morph):
        self.play(morph)
        self.plugin.set_parameter(self.morph, morph)


def main(host, bundle, folder):
    started = time.monotonic()
    tween = {"pedalboard": Pedalboard, "dawdreamer": DawDreamer}[host](bundle)
    print(f"version {tween.version}")
    print(f"loaded in {time.monotonic() - started:.2f} s")
    failed = []

    def check(what, holds, found):
        print(f"{'holds' if holds else 'FAILS'}: {what} ({found})")
        if not holds:
            failed.append(what)

    ends = []
    for end in (0, 1):
        ours = numpy.fromfile(os.path.join(folder, f"{end}.f32"), dtype="<f4")
        theirs = tween.play(float(end))
        count = min(len(ours), len(theirs))
        worst = float(numpy.abs(ours[:count] - theirs[:count]).max())
        loud = float(numpy.abs(theirs).max())
        check(f"a note sounds at Morph {end}", loud > 1e-3, f"peak {loud:.3f}")
        check(f"Morph {end} is what the CLAP plays", worst == 0.0, f"differs by {worst:.1e}")
        ends.append(theirs)
    moved = tween.play((0.0, 1.0))
    # Its beginning is A's; then it is neither A nor B.
    apart = [float(numpy.abs(moved - end[: len(moved)]).max()) for end in ends]
    check("automated Morph is heard", min(apart) > 1e-3, f"{apart[0]:.3f}, {apart[1]:.3f} away")

    tween.set(0.75)
    state = tween.state()
    tween.set(0.25)
    tween.restore(state)
    check("the state brings Morph back", abs(tween.value() - 0.75) < 1e-4, f"{tween.value():.4f}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
