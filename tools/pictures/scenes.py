"""Every picture by name: what stands on the stage and from where it is seen."""

from __future__ import annotations

from tools.pictures import desk, kitchen, light, plants, tableware, textiles
from tools.pictures.materials import CHALK, CLAY, INK, OAK, OCHRE, SAGE, SAND
from tools.pictures.shapes import Vector, place
from tools.pictures.stage import Camera, Scene

TABLE_GREY = "<0.86,0.842,0.808>"
SAGE_GREY = "<0.70,0.735,0.68>"


def _shot(things: str, location: Vector, look_at: Vector, angle: float, key: float = 0.69) -> Scene:
    return Scene(things, Camera(location, look_at, angle, key))


def _mugs() -> dict[str, Scene]:
    front: tuple[Vector, Vector, float] = ((-1.5, 2.0, -7.6), (0.10, 0.46, 0), 13.5)
    colours = {"chalk": CHALK, "sage": SAGE, "ink": INK, "clay": CLAY}
    shots = {f"mug-{name}": _shot(tableware.mug(colour), *front) for name, colour in colours.items()}
    clay = tableware.mug(CLAY)
    with_pot = place(clay, (-0.62, 0, -0.25), turn=200) + place(tableware.teapot(CHALK), (0.55, 0, 0.55), turn=20)
    shots["mug-clay-2"] = _shot(with_pot, (0, 2.3, -8), (0.12, 0.45, 0), 25)
    shots["mug-clay-3"] = _shot(place(clay, turn=62), (0, 1.3, -7.6), (0, 0.46, 0), 12)
    shots["mug-clay-4"] = _shot(place(clay, turn=-25), (-0.6, 6.6, -4.4), (0.12, 0.40, 0), 12.5)
    shots["mug-clay-5"] = _shot(clay, (1.0, 1.5, -4.6), (0.42, 0.50, 0), 10.5)
    return shots


def _teapots() -> dict[str, Scene]:
    ink = tableware.teapot()
    front: tuple[Vector, Vector, float] = ((0, 2.3, -8), (0.06, 0.45, 0), 20)
    return {
        "teapot-1": _shot(place(ink, turn=20), *front),
        "teapot-2": _shot(place(ink, turn=-75), (0, 1.4, -8), (0, 0.5, 0), 17),
        "teapot-3": _shot(place(ink, turn=30), (-1.2, 5.6, -6), (0, 0.45, 0), 17.5),
        "teapot-4": _shot(place(ink, turn=25), (-1.9, 1.7, -5), (-0.45, 0.62, 0), 11),
        "teapot-5": _shot(tableware.tea_table(ink), (0, 3.6, -8.2), (0, 0.35, 0), 21),
        "teapot-chalk": _shot(place(tableware.teapot(CHALK), turn=20), *front),
    }


def _tableware() -> dict[str, Scene]:
    above: tuple[Vector, Vector, float] = ((0, 4.2, -7.4), (0.03, 0.12, 0.03), 17.5)
    board = place(tableware.board(), (-0.15, 0, 0), turn=-28)
    served = place(tableware.board() + place(tableware.bread(), (-0.32, 0.10, 0.02)), (-0.15, 0, 0), turn=-28)
    gaiwan: tuple[Vector, Vector, float] = ((0, 2.4, -8), (0, 0.42, 0), 13.5)
    return {
        "cups": _shot(tableware.cups(), (0, 4.2, -7.4), (0.03, 0.16, 0.05), 16),
        "bowls": _shot(tableware.bowls(), (0, 3.5, -7.8), (0, 0.40, 0), 17.5),
        "board": _shot(board, (0, 4.8, -6.6), (0.05, 0, 0.02), 21),
        "board-2": _shot(served, (0, 3.9, -7.2), (0.05, 0.12, 0.02), 21),
        "tray": _shot(tableware.tray(), (0, 4.6, -6.8), (0, 0.05, 0), 20),
        "tray-2": _shot(place(tableware.cup_tray(), turn=-8), (0, 3.4, -7.6), (0, 0.18, 0), 18),
        "gaiwan": _shot(place(tableware.gaiwan(CHALK), turn=25), *gaiwan),
        "gaiwan-sage": _shot(place(tableware.gaiwan(SAGE), turn=25), *gaiwan),
        "plate-chalk": _shot(tableware.plates(CHALK), *above),
        "plate-sage": _shot(tableware.plates(SAGE), *above),
        "pasta-bowl": _shot(tableware.pasta_bowl(SAND), (0, 3.3, -7.8), (0, 0.20, 0), 18),
        "jug": _shot(place(tableware.jug(CLAY), turn=15), (0, 2.1, -8), (0.08, 0.58, 0), 14),
        "tea-caddy": _shot(tableware.tea_caddy(OCHRE), (-0.8, 2.2, -8), (0, 0.52, 0), 12.5),
        "tea-tray": _shot(place(tableware.tea_tray(), turn=-24), (0, 3.9, -7.4), (0.04, 0.05, 0), 22),
        "chopsticks": _shot(place(tableware.chopsticks(), turn=38), (0, 5.8, -5.2), (0, 0, 0), 22.5),
        "soup-spoons": _shot(place(tableware.soup_spoons(), turn=178), (0, 4.8, -6.4), (0, 0.1, 0), 20.5),
        "tumblers": _shot(tableware.tumblers(), (0, 2.7, -8), (0, 0.42, 0), 15.5),
    }


def _kitchen() -> dict[str, Scene]:
    upright: tuple[Vector, Vector, float] = ((-0.6, 2.0, -9), (0, 0.94, 0), 16)
    pot: tuple[Vector, Vector, float] = ((0, 2.7, -8.2), (0, 0.42, 0), 19)
    bottles = kitchen.bottles((SAGE, INK, CLAY))
    shots = {
        f"bottle-{name}": _shot(kitchen.bottle(colour), *upright)
        for name, colour in (("sage", SAGE), ("ink", INK), ("clay", CLAY))
    }
    return shots | {
        "bottles": _shot(bottles, (0, 2.3, -9.6), (0, 0.90, 0), 19),
        "kettle": _shot(place(kitchen.kettle(), turn=18), (0, 2.2, -8.4), (-0.08, 0.46, 0), 20),
        "spoons": _shot(place(kitchen.spoons(), turn=34), (0, 6.2, -4.8), (0.05, 0, 0.02), 18.5),
        "pan": _shot(place(kitchen.pan(), (-0.35, 0, 0), turn=28), (0, 4.0, -7.2), (0.06, 0.08, 0), 25),
        "pot-ochre": _shot(place(kitchen.pot(OCHRE), turn=-22), *pot),
        "pot-ink": _shot(place(kitchen.pot(INK), turn=-22), *pot),
        "steamer": _shot(place(kitchen.steamer(), turn=20), (0, 2.9, -8.2), (0, 0.48, 0), 18),
        "knife-block": _shot(place(kitchen.knife_block(), (0.2, 0, 0), turn=-28), (0, 2.2, -9), (0.12, 0.90, 0), 17),
        "jars": _shot(kitchen.jars(), (0, 2.5, -8.6), (-0.05, 0.60, 0), 17.5),
        "salt-pig": _shot(place(kitchen.salt_pig(SAGE), turn=24), (0, 2.0, -8), (-0.05, 0.48, 0), 13.5),
        "mortar": _shot(kitchen.mortar(), (0, 2.8, -8), (0, 0.42, 0), 15),
        "pepper-mill": _shot(kitchen.pepper_mill(OAK), (-0.6, 2.0, -9), (0, 0.80, 0), 14.5),
        "colander": _shot(place(kitchen.colander(CHALK), turn=-20), (0, 3.0, -8), (0, 0.44, 0), 19.5),
        "chopping-board": _shot(place(kitchen.chopping_board(), turn=-26), (0, 3.9, -7.2), (0, 0.05, 0), 22.5),
        "rolling-pin": _shot(place(kitchen.rolling_pin(), turn=-20), (0, 3.6, -7.6), (0.02, 0.15, 0.2), 24),
    }


def _light() -> dict[str, Scene]:
    lamp, low = light.lamp(), 0.62
    in_use = light.lit_table(
        place(lamp, (0.3, 0, 0.35)), place(desk.notebooks(), (-0.62, 0, -0.45), turn=-25, size=0.62)
    )
    reading: tuple[Vector, Vector, float] = ((0, 1.9, -9), (-0.15, 0.84, 0), 17)
    hanging: tuple[Vector, Vector, float] = ((0, 1.15, -9.4), (0, 2.05, 0), 17.5)
    return {
        "lamp": _shot(lamp, (0, 1.9, -8.6), (0, 0.92, 0), 17.5, low),
        "lamp-2": _shot(in_use, (0, 2.6, -8.6), (0, 0.82, 0), 24, low),
        "lamp-3": _shot(light.lamp(is_on=False), (2.2, 1.5, -8.2), (0, 0.92, 0), 17.5),
        "lamp-4": _shot(lamp, (-0.8, 7.0, -5.6), (0.1, 0.9, 0), 14.5, low),
        "lamp-5": _shot(light.lamp(is_on=False, has_flex=False), (1.4, 1.25, -5.6), (0.12, 0.52, 0), 15),
        "pendant-lamp": _shot(light.pendant(OCHRE), *hanging, low),
        "pendant-lamp-ink": _shot(light.pendant(INK), *hanging, low),
        "floor-lamp": _shot(place(light.floor_lamp(), turn=12), (0, 2.6, -13.5), (0, 1.80, 0), 19.5, low),
        "reading-lamp": _shot(place(light.reading_lamp(INK), turn=16), *reading, low),
        "reading-lamp-sage": _shot(place(light.reading_lamp(SAGE), turn=16), *reading, low),
        "lantern": _shot(place(light.lantern(), turn=18), (0, 2.1, -9), (0, 0.86, 0), 15.5, low),
        "candle": _shot(light.candle(), (0, 2.1, -7.6), (0, 0.48, 0), 12.5),
        "diffuser": _shot(light.diffuser(), (0, 2.2, -8), (0, 0.55, 0), 16),
        "candle-holders": _shot(light.candle_holders(), (0, 2.4, -9.4), (0, 0.90, 0), 17.5),
        "globe-lamp": _shot(place(light.globe_lamp(), turn=20), (0, 2.0, -8.4), (0, 0.72, 0), 15, low),
        "incense-holder": _shot(place(light.incense_holder(), turn=12), (0, 2.9, -8.2), (0.06, 0.56, 0), 16),
    }


def _textiles() -> dict[str, Scene]:
    pillow: tuple[Vector, Vector, float] = ((0, 2.2, -8.8), (0, 0.88, 0), 18.5)
    apron: tuple[Vector, Vector, float] = ((-0.9, 2.5, -9.5), (0, 2.17, 0), 19.5)
    throw: tuple[Vector, Vector, float] = ((0, 3.0, -8.2), (0, 0.22, 0), 18)
    return {
        "towels": _shot(place(textiles.towels(), turn=-24), (0, 2.9, -7.8), (0, 0.40, 0), 17),
        "cushion-sage": _shot(place(textiles.pillow(SAGE), turn=20), *pillow),
        "cushion-clay": _shot(place(textiles.pillow(CLAY), turn=20), *pillow),
        "throw": _shot(place(textiles.throw(SAND, INK), turn=-26), *throw),
        "throw-ink": _shot(place(textiles.throw(INK, SAND), turn=-26), *throw),
        "table-runner": _shot(place(textiles.table_runner(), turn=-30), (0, 3.2, -8), (0.08, 0.12, 0), 18.5),
        "napkins": _shot(
            place(textiles.napkins((CHALK, OCHRE, CHALK, OCHRE)), turn=30), (0, 3.5, -7.8), (0, 0.12, 0), 16
        ),
        "apron-ink": _shot(textiles.apron(INK), *apron),
        "apron-sand": _shot(textiles.apron(SAND), *apron),
        "tea-towels": _shot(place(textiles.tea_towels(), turn=-26), (0, 3.3, -7.8), (0, 0.14, 0), 17.5),
        "pot-holders": _shot(
            place(textiles.pot_holders(), (-0.15, 0, 0), turn=-12), (0, 4.4, -7.0), (0.02, 0.05, 0), 18
        ),
        "tablecloth": _shot(place(textiles.tablecloth(SAGE), turn=-28), (0, 3.0, -8), (0, 0.20, 0), 17.5),
        "floor-cushion": _shot(textiles.floor_cushion(OCHRE), (0, 2.9, -8.2), (0, 0.22, 0), 19),
    }


def _desk() -> dict[str, Scene]:
    return {
        "notebooks": _shot(place(desk.notebooks(), turn=-22), (0, 4.0, -6.8), (0, 0.16, 0), 16.5),
        "clock": _shot(desk.clock(), (0, 1.7, -8.4), (0, 0.80, 0), 16.5),
        "stool": _shot(place(desk.stool(), turn=12), (0, 2.9, -8.8), (0, 0.80, 0), 18),
        "pen-tray": _shot(place(desk.pen_tray(), turn=-24), (0, 3.8, -7.4), (0, 0.06, 0), 20),
        "desk-organiser": _shot(place(desk.desk_organiser(), turn=-24), (0, 3.0, -8.6), (0.02, 0.50, 0), 19),
        "letter-opener": _shot(place(desk.letter_opener(), turn=-14), (0, 4.6, -6.8), (0.02, 0.03, -0.05), 19),
        "bookends": _shot(place(desk.bookends(), turn=24), (0, 2.4, -9), (0, 0.58, 0), 18.5),
        "paperweight": _shot(place(desk.paperweight(), turn=-20), (0, 3.3, -7.8), (0.04, 0.16, 0), 20),
        "pencil-cup": _shot(place(desk.pencil_cup(CHALK), turn=10), (0, 2.3, -8.6), (0, 0.80, 0), 16),
        "desk-mat": _shot(place(textiles.desk_mat(INK), turn=-26), (0, 3.4, -8.2), (0.08, 0.10, 0), 21.5),
    }


def _plants() -> dict[str, Scene]:
    return {
        "planter": _shot(plants.planter(), (0, 2.2, -9.2), (0, 1.0, 0), 19),
        "vase": _shot(plants.vase() + plants.stems(), (0, 2.2, -10.5), (0, 1.52, 0), 20.5),
        "watering-can": _shot(place(plants.watering_can(SAGE), turn=20), (0, 2.1, -8.8), (-0.22, 0.66, 0), 20),
        "hanging-planter": _shot(plants.hanging_planter(CHALK), (0, 1.5, -10.5), (0, 2.12, 0), 18),
        "bonsai-pot": _shot(place(plants.bonsai(), turn=-14), (0, 2.0, -9.2), (0.02, 0.98, 0), 19),
        "pots-set": _shot(plants.pots_set(), (0, 3.2, -8.4), (-0.08, 0.40, 0), 18.5),
        "seed-tins": _shot(plants.seed_tins(), (0, 3.1, -8.2), (-0.1, 0.32, 0), 17.5),
        "bud-vases": _shot(plants.bud_vases(), (0, 2.3, -9.4), (0, 0.90, 0), 17),
        "trowel": _shot(place(plants.trowel(), (-0.1, 0, 0), turn=-32), (0, 4.6, -6.8), (0.06, 0.03, 0), 21.5),
    }


def _hero() -> str:
    set_table = place(tableware.tray(), (0.15, 0, 0.05), size=1.32)
    set_table += place(tableware.teapot(INK), (0.05, 0.095, 0.34), turn=22, size=0.96)
    set_table += place(tableware.cup(CHALK, 0.95), (0.22, 0.097, -0.80))
    set_table += place(tableware.cup(SAGE, 0.95), (-0.66, 0.097, -0.52))
    flowers = place(plants.vase(CHALK, "<0.70,0.63,0.53>") + plants.stems(), (2.05, 0, 1.0), size=0.92)
    bowls = place(tableware.bowls(), (-1.85, 0, 1.25), size=0.80)
    return set_table + flowers + bowls + place(tableware.mug(CLAY), (1.95, 0, -0.45), turn=-30)


def _banners() -> dict[str, Scene]:
    wide = Camera((-1.25, 3.1, -10.5), (-1.12, 1.22, 0), 42, background=TABLE_GREY)
    phone = Camera((0.15, 3.4, -10.4), (0.28, 1.05, 0), 29, background=TABLE_GREY)
    pair = place(kitchen.kettle(), (-0.55, 0, 0.3), turn=25) + place(tableware.mug(CHALK), (1.15, 0, -0.2), turn=-30)
    green = Camera((0, 2.6, -9), (0.12, 0.50, -0.1), 22, background=SAGE_GREY)
    return {
        "hero": Scene(_hero(), wide, 1600, 800),
        "hero-m": Scene(_hero(), phone, 1000, 800),
        "band": Scene(pair, green, 1000, 800),
    }


def scenes() -> dict[str, Scene]:
    """Return all scenes by picture name, in the order of the shop's departments."""
    groups = (_teapots, _mugs, _tableware, _kitchen, _light, _textiles, _desk, _plants, _banners)
    return {name: scene for group in groups for name, scene in group().items()}
