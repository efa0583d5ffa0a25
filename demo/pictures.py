"""Every picture of the demo publication, drawn on demand and the same each time.

    from demo.pictures import STEMS, draw
    draw("strait-at-dusk").save("strait-at-dusk.jpg", quality=88)

All of them are our own drawings: they carry no licence but the project's.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from demo import charts, cities, covers, maps, nature, patterns, places, shores, waters, works
from demo.portraits import SITTERS, portrait
from demo.printing import (
    BLUE,
    DAWN,
    DUSK,
    EMBER,
    FERTILE,
    FURNACE,
    NIGHT,
    OCHRE,
    OLIVE,
    SLATE,
    TERRACOTTA,
    Palette,
    Sheet,
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    alt: str
    kind: str
    """`lead`, `portrait` or `cover`."""
    width: int
    height: int
    palette: Palette
    compose: Callable[[Sheet], None]


def lead(
    compose: Callable[[Sheet], None], palette: Palette, alt: str, width: int = 1600, height: int = 1067
) -> Picture:
    return Picture(alt=alt, kind="lead", width=width, height=height, palette=palette, compose=compose)


def cover(compose: Callable[[Sheet], None], palette: Palette, title: str) -> Picture:
    alt = f"Cover of the book “{title}” by Miriam Vandersaal."
    return Picture(alt=alt, kind="cover", width=600, height=900, palette=palette, compose=compose)


def sitting(slug: str, palette: Palette, alt: str) -> Picture:
    def compose(sheet: Sheet) -> None:
        portrait(sheet, SITTERS[slug])

    return Picture(alt=alt, kind="portrait", width=600, height=600, palette=palette, compose=compose)


STEMS: dict[str, Picture] = {
    "strait-at-dusk": lead(
        waters.strait, DUSK, "Tankers pass between dark headlands as the sun goes down behind a strait."
    ),
    "tankers-in-haze": lead(
        waters.anchorage, DAWN, "Seven ships lie at anchor in morning haze, the nearest a loaded tanker."
    ),
    "harbour-cranes": lead(shores.harbour, SLATE, "Gantry cranes stand over a container ship at its berth."),
    "port-at-night": lead(shores.harbour, NIGHT, "A container ship is worked under cranes after dark."),
    "marsh-at-dawn": lead(waters.marsh, DAWN, "A figure poles a long boat between reed beds at first light."),
    "reeds-close-by": lead(
        waters.reed_bed, DUSK, "Tall reeds against a low sun over still water.", 1067, 1333
    ),
    "date-grove": lead(
        nature.palms, TERRACOTTA, "Date palms stand at the edge of a ploughed field under a pale sun."
    ),
    "desert-ridges": lead(
        nature.ridges, OCHRE, "Desert ridges, one behind another, grow paler towards the horizon."
    ),
    "blue-ridges": lead(
        nature.ridges, BLUE, "Seven lines of blue hills recede into morning mist.", 2000, 1000
    ),
    "snow-on-the-range": lead(
        nature.mountains, BLUE, "Snow lies on a high mountain range above darker foothills."
    ),
    "heat-haze": lead(
        nature.heat, FURNACE, "A huge red sun sinks into bands of heat above a road with telegraph poles."
    ),
    "low-river": lead(
        waters.low_river, OCHRE, "A river has shrunk to a ribbon between stepped, cracked banks."
    ),
    "olive-terraces": lead(nature.terraces, OLIVE, "Olive trees grow along stone terraces on a hillside."),
    "solar-field": lead(
        works.solar_field, OCHRE, "Rows of blue solar panels run towards hills across a dry plain."
    ),
    "panels-in-the-morning": lead(
        works.panels, DAWN, "Three rows of tilted solar panels catch the early light."
    ),
    "wind-on-the-ridge": lead(works.wind_ridge, BLUE, "White wind turbines turn along blue ridges."),
    "pylons-at-dusk": lead(
        works.pylons, DUSK, "A line of pylons carries wires over a plain towards the setting sun."
    ),
    "dam-in-the-valley": lead(
        works.dam, OCHRE, "A curved dam holds a half-empty reservoir between bare slopes."
    ),
    "battery-yard": lead(
        works.storage_yard, DUSK, "White battery containers stand in ranks under power lines at dusk."
    ),
    "oil-field-flare": lead(works.oil_field, EMBER, "A gas flare burns over pump jacks after sunset."),
    "desalination-works": lead(
        shores.desalination, BLUE, "A desalination plant with tanks and three stacks stands by the sea."
    ),
    "telegraph-line": lead(shores.telegraph, OLIVE, "Telegraph poles cross a salt flat down to a calm sea."),
    "old-city": lead(
        cities.old_city, TERRACOTTA, "Domes and minarets rise over the flat roofs of an old city at sundown."
    ),
    "old-city-in-blue": lead(
        cities.old_city,
        DUSK,
        "An old city’s domes and minarets stand out against an evening sky.",
        2000,
        1000,
    ),
    "roofs-at-night": lead(
        cities.night_roofs,
        NIGHT,
        "Solar panels and water tanks on a roof, with lit windows beyond under a thin moon.",
    ),
    "capitol-morning": lead(
        places.capitol, SLATE, "A white columned dome with long wings, early in the morning."
    ),
    "statehouse-evening": lead(
        places.capitol, DUSK, "A statehouse dome glows against an evening sky.", 1333, 1333
    ),
    "columns": lead(
        places.columns, SLATE, "Fluted columns of a portico stand in raking light above a flight of steps."
    ),
    "arcade": lead(
        places.arcade,
        OCHRE,
        "Pointed arches open one within another onto a lit court with a tree and a pool.",
    ),
    "stone-bridge": lead(
        waters.bridge, OLIVE, "A stone bridge with one tall pointed arch is mirrored in a river."
    ),
    "mill-town": lead(
        places.factory_town,
        SLATE,
        "A brick mill with a saw-tooth roof and chimneys stands above rows of small houses.",
    ),
    "school-and-water-tower": lead(
        places.main_street, OLIVE, "A brick school and a water tower on the edge of a small town."
    ),
    "ledgers": lead(
        places.shelves, TERRACOTTA, "Bound ledgers and boxes fill the shelves of a record office."
    ),
    "star-pattern": lead(
        patterns.star_pattern,
        BLUE,
        "Eight-pointed stars and crosses interlock in a blue and gold pattern.",
        1333,
        1333,
    ),
    "rosettes": lead(patterns.rosettes, TERRACOTTA, "Twelve-pointed rosettes repeat across a tiled surface."),
    "contour-map": lead(maps.contours, OLIVE, "A relief map with contour lines and tints for height."),
    "land-register": lead(
        maps.parcels, OCHRE, "A hand-coloured plan of plots lies along a river and a lane."
    ),
    "land-register-in-blue": lead(
        maps.parcels, SLATE, "A survey plan of small plots, some of them hatched, on either side of a stream."
    ),
    "delta-from-above": lead(
        maps.delta, FERTILE, "A green river delta opens like a fan into a blue sea, seen from above."
    ),
    "pivot-fields": lead(
        maps.pivots, OLIVE, "Round irrigated fields lie on a grid of section roads, seen from the air."
    ),
    "two-rivers": lead(
        maps.two_rivers, OCHRE, "An old map of two rivers that meet above the head of a gulf."
    ),
    "qanat": lead(
        maps.qanat,
        TERRACOTTA,
        "A cut through a hillside shows shafts going down to a water gallery that feeds a village.",
    ),
    "star-chart": lead(
        patterns.star_chart, NIGHT, "The golden circles of an astrolabe over a field of stars."
    ),
    "manuscript-leaf": lead(
        patterns.manuscript,
        OCHRE,
        "A manuscript page with an ornamental heading and lines of flowing strokes.",
        1200,
        1500,
    ),
    "falling-curve": lead(
        charts.falling_curve, BLUE, "A line falls steeply across a fine grid and then levels out."
    ),
    "stacks": lead(charts.bars, OCHRE, "Seven stacks of discs of different heights cast long shadows."),
    "dot-sample": lead(charts.dot_plot, SLATE, "A field of dots, in which one cluster is large and red."),
    "kilim": lead(patterns.kilim, TERRACOTTA, "Woven bands of stepped diamonds in red, cream and blue."),
    "portrait-miriam-vandersaal": sitting(
        "miriam-vandersaal", OCHRE, "Portrait of Miriam Vandersaal, with grey bobbed hair and round glasses."
    ),
    "portrait-tariq-oldenshaw": sitting(
        "tariq-oldenshaw", OLIVE, "Portrait of Tariq Oldenshaw, with a full dark beard and glasses."
    ),
    "portrait-nasrin-callowar": sitting(
        "nasrin-callowar", TERRACOTTA, "Portrait of Nasrin Callowar, in a dark headscarf."
    ),
    "portrait-josephine-okwuteka": sitting(
        "josephine-okwuteka", DAWN, "Portrait of Josephine Okwuteka, with natural hair and an ochre jacket."
    ),
    "portrait-ruben-castellmar": sitting(
        "ruben-castellmar", SLATE, "Portrait of Ruben Castellmar, with a moustache and glasses."
    ),
    "portrait-hanna-lindqvarn": sitting(
        "hanna-lindqvarn", DAWN, "Portrait of Hanna Lindqvarn, with a fair braid and a green pullover."
    ),
    "portrait-samir-abuzahrane": sitting(
        "samir-abuzahrane", OCHRE, "Portrait of Samir Abuzahrane, with dark curls and a short beard."
    ),
    "portrait-dolores-whitcombe-reyes": sitting(
        "dolores-whitcombe-reyes",
        OLIVE,
        "Portrait of Dolores Whitcombe-Reyes, with her hair up, in a red jacket.",
    ),
    "portrait-yusuf-demirholt": sitting(
        "yusuf-demirholt", BLUE, "Portrait of Yusuf Demirholt, bald, with a grey beard and glasses."
    ),
    "portrait-parvaneh-zarrinkuh": sitting(
        "parvaneh-zarrinkuh", TERRACOTTA, "Portrait of Parvaneh Zarrinkuh, with long dark hair and glasses."
    ),
    "portrait-abner-tollefsby": sitting(
        "abner-tollefsby", SLATE, "Portrait of Abner Tollefsby, with white hair, a white beard and a tie."
    ),
    "portrait-idris-penhallam": sitting(
        "idris-penhallam", OCHRE, "Portrait of Idris Penhallam, in a knitted cap."
    ),
    "cover-calendar-reformers": cover(covers.calendar_reformers, BLUE, "The Calendar Reformers"),
    "cover-a-narrow-sea": cover(covers.narrow_sea, DUSK, "A Narrow Sea"),
    "cover-dust-and-wine": cover(covers.dust_and_wine, TERRACOTTA, "Dust & Wine"),
}


def draw(stem: str) -> Image.Image:
    """The picture of that stem, in RGB. An unknown stem is a `KeyError`."""
    picture = STEMS[stem]
    sheet = Sheet(stem, picture.width, picture.height, picture.palette)
    picture.compose(sheet)
    return sheet.finish()


def as_jpeg(stem: str) -> bytes:
    """The picture as the bytes of a file."""
    out = io.BytesIO()
    draw(stem).save(out, "JPEG", quality=90)
    return out.getvalue()
