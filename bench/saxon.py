"""CPU milliseconds per document of SaxonC with a compiled stylesheet: saxon.py STYLESHEET FILE

Run by vir-bench where VIR_XSLT names a stylesheet (CEN publishes them) and Python has saxonche.
"""
import sys
import time

from saxonche import PySaxonProcessor

stylesheet, document = sys.argv[1:3]
with PySaxonProcessor(license=False) as processor:
    executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)
    best = float("inf")
    for _ in range(12):
        start = time.process_time()
        executable.transform_to_string(xdm_node=processor.parse_xml(xml_file_name=document))
        best = min(best, time.process_time() - start)
print(best * 1000)
