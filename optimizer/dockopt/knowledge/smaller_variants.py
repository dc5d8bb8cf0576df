"""Distributions that exist in a far smaller variant, and what choosing it changes.

Which one is right is a decision that no file tells: a service with a GPU needs the large one. The
sizes are `Distribution.wheel_bytes` and the installed sizes below, where they were measured.
"""

import re

from dockopt.immutable import immutable

__all__ = ["CPU_INDEX", "VARIANTS", "Variant", "is_cuda_library", "variant_of"]

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""https://pytorch.org/get-started/locally/"""
_CUDA_LIBRARY = re.compile(r"^(?:nvidia-[\w-]+|cuda-[\w-]+|(?:pytorch-)?triton)$")


def is_cuda_library(name: str) -> bool:
    """Whether a distribution, by its normalised name, is what CUDA builds of torch alone require.

    Requires-Dist of torch's wheels: https://pypi.org/project/torch/
    """
    return bool(_CUDA_LIBRARY.match(name))


@immutable(slots=True)
class Variant:
    """A smaller distribution in place of another one."""

    instead_of: str
    """Normalised name; with an extra in brackets where only that is large."""
    name: str
    """The distribution to install."""
    index: str
    """The package index that has it, empty for PyPI."""
    loses: str
    """What does not work with it any more."""
    assumption: str
    """What has to hold, by the name of `--assume`; empty where it has none."""
    same_modules: bool
    """Whether what is imported stays the same."""
    source: str
    """Where the project itself says so."""


_GPU = "computing on a GPU"
_PYTORCH = "https://pytorch.org/get-started/locally/"


def _torch(name: str) -> Variant:
    return Variant(name, name, CPU_INDEX, _GPU, "no-gpu", True, _PYTORCH)


VARIANTS: tuple[Variant, ...] = (
    *map(_torch, ("torch", "torchvision", "torchaudio")),
    Variant(
        "tensorflow", "tensorflow-cpu", "", _GPU, "no-gpu", True,
        "https://www.tensorflow.org/install/pip",
    ),
    Variant(
        "tensorflow[and-cuda]", "tensorflow-cpu", "", _GPU, "no-gpu", True,
        "https://www.tensorflow.org/install/pip",
    ),
    Variant(
        "tensorflow-gpu", "tensorflow-cpu", "", _GPU, "no-gpu", True,
        "https://pypi.org/project/tensorflow-gpu/",
    ),
    Variant(
        "onnxruntime-gpu", "onnxruntime", "", _GPU, "no-gpu", True,
        "https://onnxruntime.ai/docs/install/",
    ),
    Variant(
        "faiss-gpu", "faiss-cpu", "", _GPU, "no-gpu", True,
        "https://github.com/facebookresearch/faiss/blob/main/INSTALL.md",
    ),
    Variant(
        "jax[cuda12]", "jax", "", _GPU, "no-gpu", True,
        "https://docs.jax.dev/en/latest/installation.html",
    ),
    Variant(
        "jax[cuda13]", "jax", "", _GPU, "no-gpu", True,
        "https://docs.jax.dev/en/latest/installation.html",
    ),
    Variant(
        "paddlepaddle-gpu", "paddlepaddle", "", _GPU, "no-gpu", True,
        "https://www.paddlepaddle.org.cn/en/install/quick",
    ),
    Variant(
        "xgboost", "xgboost-cpu", "", _GPU, "no-gpu", True,
        "https://xgboost.readthedocs.io/en/stable/install.html",
    ),
    Variant(
        "opencv-python", "opencv-python-headless", "", "windows on a screen (`cv2.imshow`)", "",
        True, "https://github.com/opencv/opencv-python#installation-and-usage",
    ),
    Variant(
        "opencv-contrib-python", "opencv-contrib-python-headless", "",
        "windows on a screen (`cv2.imshow`)", "", True,
        "https://github.com/opencv/opencv-python#installation-and-usage",
    ),
    Variant(
        "psycopg2", "psycopg2-binary", "",
        "the system's libpq and OpenSSL: the wheel brings its own, and its makers advise against it "
        "in production", "", True, "https://www.psycopg.org/docs/install.html",
    ),
    Variant(
        "ansible", "ansible-core", "", "the community's collections", "", True,
        "https://docs.ansible.com/ansible/latest/installation_guide/intro_installation.html",
    ),
)  # fmt: skip
"""By no order; a name may stand in `instead_of` once."""

_BY_NAME = {variant.instead_of: variant for variant in VARIANTS}


def variant_of(name: str, extras: frozenset[str] = frozenset()) -> Variant | None:
    """The smaller variant of a normalised name with these extras; None: none is known."""
    with_extras = (_BY_NAME.get(f"{name}[{extra}]") for extra in sorted(extras))
    return next((found for found in with_extras if found), _BY_NAME.get(name))
