"""The studio every picture is taken in: floor, lights, camera and image size."""

from __future__ import annotations

from dataclasses import dataclass

from tools.pictures.materials import MACROS

STUDIO_GREY = "<0.885,0.872,0.845>"

STAGE = """#version 3.7;
global_settings {{ assumed_gamma 1.0 max_trace_level 12 adc_bailout 0.02
  radiosity {{ pretrace_start 0.08 pretrace_end 0.004 count {samples} nearest_count 14 error_bound 0.28
    recursion_limit 1 low_error_factor .5 gray_threshold 0 minimum_reuse 0.004 maximum_reuse 0.1
    always_sample off brightness 1 adc_bailout 0.01/2 }} }}
#declare STUDIO = srgb {background};
background {{ color STUDIO*0.9 }}
// seamless sweep: floor, quarter curve, wall
union {{
  box {{ <-60,-0.2,-40>, <60,0,6> }}
  difference {{ box {{ <-60,0,6>,<60,4,10> }} cylinder {{ <-61,4,6>,<61,4,6>,4 }} }}
  box {{ <-60,4,10>,<60,40,10.2> }}
  pigment {{ color STUDIO }} finish {{ diffuse 0.92 ambient 0 }}
}}
light_source {{ <-7,10,-7> color rgb <1,0.975,0.93>*{key}
  area_light <4.5,0,-2.2>,<0,4,2>,{lamps},{lamps} adaptive 1 jitter circular orient }}
light_source {{ <9,5,-8> color rgb <0.9,0.95,1>*{fill} shadowless }}
light_source {{ <0,14,6> color rgb 1*0.10 shadowless }}
camera {{ location {location} look_at {look_at} angle {angle} right x*image_width/image_height }}
"""


@dataclass(frozen=True)
class Camera:
    """Where the camera stands, what it looks at and how strong the two main lights are.

    angle: horizontal field of view in degrees; location and look_at: scene units, y is up.
    """

    location: tuple[float, float, float]
    look_at: tuple[float, float, float]
    angle: float
    key: float = 0.69
    fill: float = 0.16
    background: str = STUDIO_GREY


@dataclass(frozen=True)
class Scene:
    """One picture: the things on the stage, the camera, and the size of the master in pixels."""

    things: str
    camera: Camera
    width: int = 800
    height: int = 800


def _vector(point: tuple[float, float, float]) -> str:
    return "<{:g},{:g},{:g}>".format(*point)


def document(scene: Scene, *, quick: bool = False) -> str:
    """Return the whole POV-Ray source of a scene; quick asks for fewer light samples."""
    camera = scene.camera
    head = STAGE.format(
        samples=80 if quick else 160,
        lamps=5 if quick else 7,
        background=camera.background,
        key=f"{camera.key:g}",
        fill=f"{camera.fill:g}",
        location=_vector(camera.location),
        look_at=_vector(camera.look_at),
        angle=f"{camera.angle:g}",
    )
    return head + MACROS + scene.things
