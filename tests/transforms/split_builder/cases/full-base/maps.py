import shapely

UNIT = shapely.box(0, 0, 1, 1)
