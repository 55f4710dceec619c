"""Quality: were we right. Whoever decides, person or machine, is drawn, looked at again and compared by the same code.

Owns the tables of schema `quality`. Its rows and facts exist for those who measure, never for those who are measured.
"""
