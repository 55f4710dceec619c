"""The composition: who hears which fact, which plug-ins there are, the processes, the command line.

Everything meets here and nothing is decided here.
"""
