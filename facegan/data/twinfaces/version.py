"""The version of the pictures. It grows whenever a face looks different, and with it every store and card."""

VERSION = 1
