"""Benchmarks: each measures one figure beside a baseline of the same run.

A bench is a module here with `run(options: Options) -> BenchResult`; its name is the module's. It starts and stops what
it needs, and needs nothing running.
"""
