"""Measures, one idea a file. Most return a `Ratio`: figures per face that can be pooled over chunks."""

from facegan.evaluation.measures.cost import COSTS
from facegan.evaluation.measures.diversity import SPREAD, WEARER
from facegan.evaluation.measures.entanglement import ENTANGLEMENT, EXCESS
from facegan.evaluation.measures.fit import FIT_SUCCESS
from facegan.evaluation.measures.identity import IDENTITY
from facegan.evaluation.measures.leftover import LEFTOVER
from facegan.evaluation.measures.low import LOW_ERROR
from facegan.evaluation.measures.lpips import LPIPS
from facegan.evaluation.measures.outside import OUTSIDE_EDIT, OUTSIDE_RECONSTRUCTION
from facegan.evaluation.measures.patches import SWD
from facegan.evaluation.measures.realism import FID, KID
from facegan.evaluation.measures.reconstruction import PSNR, SSIM
from facegan.evaluation.measures.response import RESPONSE
from facegan.evaluation.measures.retrieval import RETRIEVAL
from facegan.evaluation.measures.second import DISAGREEMENT, SECOND_CORRECTED, SECOND_SUCCESS
from facegan.evaluation.measures.seconds import SECONDS
from facegan.evaluation.measures.success import CORRECTED_SUCCESS, JUDGED_SUCCESS
from facegan.evaluation.measures.twin import HIDDEN_ERROR, NEAREST_STYLE, STYLE_D0, STYLE_D1, STYLE_FIT, TWIN_ERROR
from facegan.evaluation.measures.upscaling import PSNR_Y, SSIM_Y

ABOUT = {
    about.name: about
    for about in (
        PSNR_Y,
        SSIM_Y,
        LOW_ERROR,
        TWIN_ERROR,
        HIDDEN_ERROR,
        NEAREST_STYLE,
        STYLE_FIT,
        STYLE_D1,
        STYLE_D0,
        JUDGED_SUCCESS,
        CORRECTED_SUCCESS,
        SECOND_SUCCESS,
        SECOND_CORRECTED,
        DISAGREEMENT,
        FIT_SUCCESS,
        OUTSIDE_EDIT,
        OUTSIDE_RECONSTRUCTION,
        ENTANGLEMENT,
        EXCESS,
        IDENTITY,
        RETRIEVAL,
        SPREAD,
        WEARER,
        RESPONSE,
        LEFTOVER,
        KID,
        FID,
        SWD,
        PSNR,
        SSIM,
        LPIPS,
        SECONDS,
        *COSTS,
    )
}
"""All measures, in the order of the tables."""
