"""Reference firings: degrees Celsius after each tenth of the planned time."""

REFERENCE: dict[str, tuple[float, ...]] = {
    "bisque": (60, 140, 260, 400, 540, 680, 800, 900, 970, 1000),
    "earthenware": (80, 190, 340, 500, 650, 790, 900, 990, 1050, 1080),
    "stoneware": (90, 220, 400, 590, 770, 930, 1060, 1160, 1220, 1250),
    "porcelain": (100, 240, 430, 640, 840, 1010, 1140, 1230, 1280, 1300),
}
