"""The continuous factors that no attribute touches: what makes a face this face. Lengths in head units.

The image spans [-1, 1] in x (to the right) and y (downwards).
"""

from facegan.data.twinfaces.columns import Column, curve, span

LOOK: tuple[Column, ...] = (
    # Pose.
    span("shift_x", -0.05, 0.05), span("shift_y", 0.0, 0.07), span("scale", 1.14, 1.28),
    curve("roll", (0.0, -0.15), (0.15, -0.06), (0.85, 0.06), (1.0, 0.15)),
    span("yaw", -1.0, 1.0), span("pitch", -1.0, 1.0),
    # Light: direction, share that comes from everywhere, strength.
    span("light_x", -0.75, 0.75), span("light_y", -0.75, -0.1), span("ambient", 0.34, 0.52), span("light", 0.58, 0.78),
    span("warmth", -0.05, 0.06),
    # Head.
    span("head_width", 0.435, 0.495), span("skull", 0.60, 0.66), span("chin", 0.62, 0.68), span("taper", 0.16, 0.30),
    span("cheeks", 0.0, 1.0), span("ear_size", 0.085, 0.115), span("ear_out", -0.015, 0.025),
    curve("skin", (0.0, 0.0), (0.6, 0.5), (1.0, 1.0)), span("blush", 0.0, 0.12),
    # Eyes. `rings` are the dark rings that are no glasses.
    span("eye_gap", 0.180, 0.215), span("eye_line", -0.035, 0.015), span("eye_width", 0.088, 0.110),
    span("eye_open", 0.040, 0.060), span("eye_tilt", -0.10, 0.16), span("gaze_x", -0.022, 0.022),
    span("gaze_y", -0.008, 0.008), span("iris", 0.0, 1.0), span("iris_size", 0.044, 0.052),
    curve("rings", (0.0, 0.0), (0.8, 0.18), (0.88, 0.5), (1.0, 0.75)),
    # Brows: placement only; their thickness is an attribute's.
    span("brow_height", 0.105, 0.135), span("brow_arch", 0.01, 0.05), span("brow_tilt", -0.10, 0.12),
    span("brow_tone", 0.0, 1.0),
    # Nose.
    span("nose_length", 0.215, 0.265), span("nose_width", 0.060, 0.092), span("nose_height", 0.6, 1.1),
    # Mouth. `lip_shadow` is the shadow that is no mustache.
    span("mouth_drop", 0.145, 0.185), span("mouth_width", 0.125, 0.165), span("lip_upper", 0.026, 0.042),
    span("lip_lower", 0.034, 0.056), span("lip_tone", 0.0, 1.0),
    curve("lip_shadow", (0.0, 0.0), (0.7, 0.15), (0.85, 0.35), (1.0, 0.6)),
    # Hair: its colour is an attribute's.
    curve("hair_length", (0.0, -0.02), (0.42, 0.12), (0.5, 0.45), (1.0, 0.95)), span("hair_volume", 0.045, 0.125),
    span("hairline", -0.41, -0.33), span("parting", -0.30, 0.30), span("hair_wave", 0.0, 0.045),
    span("hair_flare", -0.06, 0.12), span("strands", 0.5, 1.0),
    # Clothes.
    span("neck", 0.20, 0.26), span("shoulder", 0.80, 0.92), span("shoulder_width", 0.70, 0.95),
    span("cloth", 0.0, 1.0), span("cloth_light", 0.35, 1.0), curve("cloth_stripes", (0.0, 0.0), (0.6, 0.0),
    (1.0, 0.35)),
    span("collar", 0.05, 0.20),
    # Background: two colours on a slope, two blobs, stripes.
    span("back_a", 0.0, 1.0), span("back_b", 0.0, 1.0), span("back_light_a", 0.25, 0.95),
    span("back_light_b", 0.3, 0.95),
    span("back_turn_x", -1.0, 1.0), span("back_turn_y", -1.0, 1.0),
    curve("stripe_depth", (0.0, 0.0), (0.5, 0.0), (1.0, 0.35)), span("stripe_rate", 1.5, 4.5),
    span("stripe_phase", 0.0, 1.0),
    span("blob1_x", -1.0, 1.0), span("blob1_y", -1.0, 0.6), span("blob1_size", 0.3, 0.9),
    span("blob1_depth", -0.45, 0.45),
    span("blob2_x", -1.0, 1.0), span("blob2_y", -1.0, 0.6), span("blob2_size", 0.2, 0.6),
    span("blob2_depth", -0.45, 0.45),
)  # fmt: skip
