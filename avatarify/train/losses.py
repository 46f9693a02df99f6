"""The losses of the paper, one function each, and those of blend generators. All return a scalar; weights are elsewhere.

Every mean is over the whole batch, so the average over equal shares of a batch is the loss of the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.model.discriminator import Judgement
from avatarify.model.motion import Keypoints, inverse, precise, product
from avatarify.perceptual.backbones import Backbone
from avatarify.train.landmarks import Landmarks
from avatarify.train.transform import Transform


def perceptual(backbone: Backbone, predicted: Mapping[float, Tensor], real: Mapping[float, Tensor]) -> Tensor:
    """sum over scales s, taps i of mean |N_i(D_s) - N_i(D'_s)| (paper Eq. 9). predicted, real: image pyramids in [0,1]."""
    total = torch.zeros((), device=next(iter(real.values())).device)
    for scale, image in predicted.items():
        with torch.no_grad():
            wanted = backbone.features(real[scale])
        for ours, theirs in zip(backbone.features(image), wanted, strict=True):
            total = total + l1(ours, theirs)
    return total


def equivariance_value(keypoints: Keypoints, transformed: Keypoints, transform: Transform) -> Tensor:
    """mean |p(X) - T(p(T X))| (paper Eq. 10). transformed: the keypoints of the picture `transform.frame(X)`."""
    return l1(keypoints.value, transform.points(transformed.value))


def equivariance_jacobian(keypoints: Keypoints, transformed: Keypoints, transform: Transform) -> Tensor:
    """mean |1 - J(X)^-1 T'(p(T X)) J(T X)| (paper Eq. 11 and 12)."""
    moved = product(transform.jacobian(transformed.value), transformed.jacobian)
    change = product(inverse(keypoints.jacobian), moved)
    identity = torch.eye(2, device=change.device, dtype=change.dtype)
    return (identity - change).abs().mean()


def generator_adversarial(generated: Mapping[float, Judgement]) -> Tensor:
    """sum over scales of mean (1 - D(G))^2 (least squares)."""
    return torch.stack(
        [(1 - precise(judgement.prediction_map)).square().mean() for judgement in generated.values()]
    ).sum()


def discriminator_adversarial(real: Mapping[float, Judgement], generated: Mapping[float, Judgement]) -> Tensor:
    """sum over scales of mean (1 - D(real))^2 + D(G)^2 (least squares)."""
    terms = [
        (1 - precise(real[scale].prediction_map)).square().mean()
        + precise(generated[scale].prediction_map).square().mean()
        for scale in real
    ]
    return torch.stack(terms).sum()


def feature_matching(real: Mapping[float, Judgement], generated: Mapping[float, Judgement]) -> Tensor:
    """sum over scales and the discriminator's blocks of mean |D_i(real) - D_i(G)|."""
    terms = [
        l1(ours, theirs.detach())
        for scale in real
        for ours, theirs in zip(generated[scale].features, real[scale].features, strict=True)
    ]
    return torch.stack(terms).sum()


def l1(ours: Tensor, theirs: Tensor) -> Tensor:
    """mean |ours - theirs| in float32. For pictures in [0,1]: of the prediction, of the bare warp, of the bare painting."""
    return (precise(ours) - precise(theirs)).abs().mean()


def identity(ours: Tensor, theirs: Tensor) -> Tensor:
    """mean over the batch of |e(G) - e(real)|^2. ours, theirs: [B,E] embeddings of faces."""
    return (precise(ours) - precise(theirs)).square().sum(-1).mean()


def landmark(guided: Tensor, landmarks: Landmarks, gaps: Sequence[tuple[int, int]] = ()) -> Tensor:
    """mean of w_g |p_g(X) - l_g(X)|, the distance of guided keypoints p from the landmarks l of the same picture, and of `gaps`.

    Keypoints that are led by landmarks, so that lips and lids have one each, are LivePortrait's (arXiv 2407.03168, "landmark-
    guided implicit keypoints optimization"; its distance is a Wing loss). guided: [B,G,2] in [-1,1]. What is not known has
    w = 0 and counts in the mean.
    """
    return _misplaced(precise(guided) - landmarks.value, landmarks.weight, gaps)


def flow(
    deformation: Tensor,
    source: Landmarks,
    driving: Landmarks,
    gaps: Sequence[tuple[int, int]] = (),
    *,
    align_corners: bool,
) -> Tensor:
    """mean of w_a |T(l_a(D)) - l_a(S)|: where the deformation T takes the place a of the driving picture from, beside where it is
    in the source; and of `gaps`. deformation: [B,h,w,2] in [-1,1], read between its places. w_a: the smaller of both weights.

    Flow between the landmarks of two pictures of a face is as sure as they are, where brightness alone leaves it open.
    """
    field = precise(deformation).permute(0, 3, 1, 2)
    found = F.grid_sample(field, driving.value[:, None], padding_mode="border", align_corners=align_corners)[:, :, 0]
    weight = torch.minimum(source.weight, driving.weight)
    return _misplaced(found.transpose(1, 2) - source.value, weight, gaps)


def _misplaced(error: Tensor, weight: Tensor, gaps: Sequence[tuple[int, int]]) -> Tensor:
    """mean of w_i |e_i| and of w_ij |e_i - e_j| over pairs ij. error: [B,P,2]. weight: [B,P]; of a pair it is the smaller one.

    A face that is off by a pixel gives both lips the same gradient, and none to what is between them: pairs do.
    """
    total = (weight[..., None] * error.abs()).mean()
    if gaps:
        one, other = (list(places) for places in zip(*gaps, strict=True))
        both = torch.minimum(weight[:, one], weight[:, other])
        total = total + (both[..., None] * (error[:, one] - error[:, other]).abs()).mean()
    return total


def focus(ours: Tensor, theirs: Tensor, weight: Tensor) -> Tensor:
    """mean of w |ours - theirs|. ours, theirs: [B,3,H,W] in [0,1]; w: [B,1,H,W], of mean 1, as focus.focus_map gives it."""
    return (weight * (precise(ours) - precise(theirs)).abs()).mean()


def expression(
    ours: Tensor, theirs: Tensor, known: Tensor, weights: Sequence[float], gaps: Sequence[tuple[int, int]]
) -> Tensor:
    """mean of w_p |s_p(G) - s_p(real)|, the points s that a landmark network finds in both pictures, and of `gaps`.

    ours, theirs: [B,68,2] in [0,1] of the same square. known: [B], 0 for pictures without a face, which count in the mean.
    """
    error = precise(ours) - precise(theirs)
    return _misplaced(error, known[:, None] * error.new_tensor(weights), gaps)


def weighted_sum(terms: Sequence[tuple[float, Tensor]]) -> Tensor:
    """sum of weight * term."""
    return torch.stack([weight * precise(term) for weight, term in terms]).sum()
