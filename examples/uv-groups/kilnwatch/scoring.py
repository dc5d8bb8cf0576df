"""Which reference firing a measured curve resembles."""

import numpy
from sklearn.neighbors import KNeighborsClassifier

from kilnwatch.curves import REFERENCE

SAMPLES = len(next(iter(REFERENCE.values())))


def _fit() -> KNeighborsClassifier:
    model = KNeighborsClassifier(n_neighbors=1)
    model.fit(numpy.array(list(REFERENCE.values())), list(REFERENCE))
    return model


MODEL = _fit()


def classify(curve: list[float]) -> str:
    """Name the firing nearest to `curve`; raise ValueError when its length is wrong."""
    if len(curve) != SAMPLES:
        raise ValueError(f"a curve has {SAMPLES} temperatures, this one has {len(curve)}")
    return str(MODEL.predict(numpy.array([curve]))[0])
