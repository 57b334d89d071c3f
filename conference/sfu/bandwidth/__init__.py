"""Bandwidth of a viewer's link: estimate, probes, allocation, fair shares. Pure."""
