"""Colours and surfaces: what the objects are made of."""

from __future__ import annotations

CHALK = "<0.95,0.94,0.91>"
SAGE = "<0.60,0.665,0.575>"
INK = "<0.20,0.235,0.27>"
CLAY = "<0.69,0.46,0.37>"
SAND = "<0.84,0.775,0.67>"
OCHRE = "<0.80,0.62,0.33>"
BRASS = "<0.78,0.66,0.42>"
STEEL = "<0.78,0.78,0.78>"
SOIL = "<0.20,0.155,0.12>"
COAL = "<0.16,0.165,0.17>"

OAK = ("<0.80,0.665,0.49>", "<0.66,0.50,0.32>")
WALNUT = ("<0.42,0.29,0.20>", "<0.27,0.17,0.11>")
CHERRY = ("<0.70,0.47,0.33>", "<0.55,0.34,0.22>")
BAMBOO = ("<0.85,0.74,0.55>", "<0.74,0.60,0.40>")

SPECKLES = {
    CHALK: "<0.55,0.47,0.38>",
    SAGE: "<0.43,0.48,0.40>",
    INK: "<0.34,0.36,0.38>",
    CLAY: "<0.55,0.33,0.25>",
    SAND: "<0.63,0.52,0.40>",
    OCHRE: "<0.60,0.43,0.20>",
}

MACROS = """
#macro Stoneware(C,D) texture {
  pigment { granite scale 0.11 color_map { [0 color srgb C*0.97][0.72 color srgb C][0.86 color srgb C]
    [0.9 color srgb D][1 color srgb D] } }
  normal { granite 0.03 scale 0.2 } finish { ambient 0 diffuse 0.84 specular 0.06 roughness 0.12 } } #end
#macro Gloss(C,R) texture { pigment { color srgb C } normal { granite 0.012 scale 0.35 }
  finish { ambient 0 diffuse 0.80 specular 0.18 roughness 0.04 reflection { 0.005, R fresnel on } conserve_energy } }
  interior { ior 1.45 } #end
#macro Matte(C) texture { pigment { color srgb C } finish { ambient 0 diffuse 0.85 specular 0.08 roughness 0.09 } } #end
#macro Metal(C) texture { pigment { color srgb C }
  finish { ambient 0 diffuse 0.32 specular 0.55 roughness 0.04 metallic reflection { 0.28 metallic } } } #end
#macro Wood(C,D,T,S) texture {
  pigment { wood turbulence 0.09 octaves 3 scale <0.10,0.10,1> color_map { [0 color srgb C]
    [0.55 color srgb C*0.96+D*0.04][0.8 color srgb D*0.45+C*0.55][0.9 color srgb D*0.8+C*0.2][1 color srgb C] }
    rotate T translate S }
  finish { ambient 0 diffuse 0.82 specular 0.10 roughness 0.07 } }
  texture { pigment { granite scale <0.05,0.02,1.6> rotate T translate S
    color_map { [0 color srgbt <0.2,0.12,0.06,0.80>][0.35 rgbt 1][1 rgbt 1] } } finish { ambient 0 diffuse 0.8 } } #end
#macro Plank(C,D,T) texture {
  pigment { wood turbulence 0.09 octaves 3 scale <0.13,0.13,1.8> rotate <3,0,0> translate <0.21,0.36,0>
    color_map { [0 color srgb C][0.55 color srgb C*0.93+D*0.07][0.85 color srgb C*0.45+D*0.55]
    [1 color srgb C] } rotate T }
  finish { ambient 0 diffuse 0.83 specular 0.09 roughness 0.08 } } #end
#macro Linen(C,S) texture { pigment { color srgb C }
  normal { average normal_map { [1 gradient x 0.55 sine_wave scale S][1 gradient z 0.55 sine_wave scale S]
    [0.8 granite 0.18 scale S*9] } }
  finish { ambient 0 diffuse 0.86 specular 0.02 roughness 0.25 } } #end
#macro Striped(C,D,W) texture { pigment { gradient x color_map {
    [0 color srgb C][0.78 color srgb C][0.78 color srgb D][0.84 color srgb D][0.84 color srgb C]
    [0.89 color srgb C][0.89 color srgb D][0.92 color srgb D][0.92 color srgb C] } scale W }
  normal { average normal_map { [1 gradient x 0.5 sine_wave scale 0.014][1 gradient z 0.5 sine_wave scale 0.014] } }
  finish { ambient 0 diffuse 0.86 } } #end
#macro Granite(C,D) texture { pigment { granite scale 0.5 color_map { [0 color srgb C][0.5 color srgb C*0.94+D*0.06]
    [0.8 color srgb D][1 color srgb C] } } normal { granite 0.10 scale 0.3 } finish { ambient 0 diffuse 0.85 } } #end
#macro Glass(C,T) texture { pigment { color rgbf <C.red,C.green,C.blue,T> }
  finish { ambient 0 diffuse 0.05 specular 0.7 roughness 0.004 reflection { 0.02,0.6 fresnel on } conserve_energy } }
  interior { ior 1.45 } no_radiosity #end
#macro Iron() texture { pigment { color srgb <0.16,0.165,0.17> } normal { granite 0.02 scale 0.05 }
  finish { ambient 0 diffuse 0.75 specular 0.24 roughness 0.06 reflection { 0.01,0.09 fresnel on } } }
  interior { ior 1.4 } #end
#macro Lit(C,E) texture { pigment { color srgb C } finish { ambient 0 emission E diffuse 0.55 } } #end
#macro Felt(C) texture { pigment { granite scale 0.05 color_map { [0 color srgb C*0.94][0.5 color srgb C]
    [1 color srgb C*1.05] } }
  normal { granite 0.25 scale 0.06 } finish { ambient 0 diffuse 0.86 } } #end
"""

ALONG_X = "<0,90,0>"
ALONG_Y = "<90,0,0>"
ALONG_Z = "<0,0,0>"


def stoneware(colour: str, speckle: str = "") -> str:
    """Return a matte, faintly speckled clay body; the speckle follows the colour unless given."""
    return f"Stoneware({colour},{speckle or SPECKLES[colour]})"


def ceramic(colour: str) -> str:
    """Return a smooth satin glaze."""
    return f"Gloss({colour},0.06)"


def enamel(colour: str) -> str:
    """Return a shiny glaze or lacquer."""
    return f"Gloss({colour},0.28)"


def matte(colour: str) -> str:
    """Return a plain dull surface."""
    return f"Matte({colour})"


def metal(colour: str) -> str:
    """Return brushed metal of a colour."""
    return f"Metal({colour})"


def wood(kind: tuple[str, str], along: str = ALONG_Z, heart: str = "<0,0,0>") -> str:
    """Return turned wood with close rings; along names the axis of the trunk, heart a point on it."""
    return f"Wood({kind[0]},{kind[1]},{along},{heart})"


def plank(kind: tuple[str, str], along: str = ALONG_X) -> str:
    """Return sawn wood with long grain in one direction."""
    return f"Plank({kind[0]},{kind[1]},{along})"


def linen(colour: str, thread: float = 0.014) -> str:
    """Return woven cloth; thread is the width of one thread in scene units."""
    return f"Linen({colour},{thread:g})"


def striped(ground: str, stripe: str, repeat: float) -> str:
    """Return woven cloth with a double stripe every `repeat` units along x."""
    return f"Striped({ground},{stripe},{repeat:g})"


def felt(colour: str) -> str:
    """Return thick wool felt."""
    return f"Felt({colour})"


def stone(light: str, dark: str) -> str:
    """Return grained stone between two colours."""
    return f"Granite({light},{dark})"


def glass(tint: str = "<0.97,0.96,0.94>", clear: float = 0.92) -> str:
    """Return tinted glass; clear is the share of light that passes."""
    return f"Glass(rgb {tint},{clear:g})"


def iron() -> str:
    """Return seasoned black cast iron."""
    return "Iron()"


def rough(pigment: str, bumps: str) -> str:
    """Return a dull surface of any colour or POV-Ray pigment, raised by a POV-Ray normal pattern."""
    colours = f"color srgb {pigment}" if pigment.startswith("<") else pigment
    return f"texture {{ pigment {{ {colours} }} normal {{ {bumps} }} finish {{ ambient 0 diffuse 0.86 }} }}"


def lit(colour: str, strength: float) -> str:
    """Return a surface that glows by itself, such as a lamp's shade."""
    return f"Lit({colour},{strength:g})"
