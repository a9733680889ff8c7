"""Albers' equal-area projection for Central Asia: longitude and latitude to the units of the map, and no further."""

import math

import shapely

SOUTH, NORTH = math.radians(38), math.radians(51)
CENTRE_LON, CENTRE_LAT = math.radians(66), math.radians(44.5)
# Half a pixel of the map at 1440 pixels is a unit: whole numbers are exact enough, and short.
EARTH_RADIUS = 3740

_N = (math.sin(SOUTH) + math.sin(NORTH)) / 2
_C = math.cos(SOUTH) ** 2 + 2 * _N * math.sin(SOUTH)


def _rho(lat):
    return EARTH_RADIUS * math.sqrt(_C - 2 * _N * math.sin(lat)) / _N


def project(lon, lat):
    """(x, y) from the centre of the map, y downward."""
    rho, theta = _rho(math.radians(lat)), _N * (math.radians(lon) - CENTRE_LON)
    return rho * math.sin(theta), rho * math.cos(theta) - _rho(CENTRE_LAT)


def projected(geometry):
    return shapely.transform(geometry, lambda points: [project(lon, lat) for lon, lat in points])
