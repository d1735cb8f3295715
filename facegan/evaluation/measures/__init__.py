"""Measures, one idea a file. Each returns a `Ratio`: figures per face that can be pooled over chunks."""

from facegan.evaluation.measures.entanglement import ENTANGLEMENT, EXCESS
from facegan.evaluation.measures.outside import OUTSIDE_EDIT, OUTSIDE_RECONSTRUCTION
from facegan.evaluation.measures.reconstruction import PSNR, SSIM
from facegan.evaluation.measures.success import CORRECTED_SUCCESS, JUDGED_SUCCESS
from facegan.evaluation.measures.twin import NEAREST_STYLE, TWIN_ERROR

ABOUT = {
    about.name: about
    for about in (
        TWIN_ERROR,
        NEAREST_STYLE,
        JUDGED_SUCCESS,
        CORRECTED_SUCCESS,
        OUTSIDE_EDIT,
        OUTSIDE_RECONSTRUCTION,
        ENTANGLEMENT,
        EXCESS,
        PSNR,
        SSIM,
    )
}
"""All measures, in the order of the tables."""
