"""eark-validator on package folders, without a network.

At import it asks for the vocabularies of CSIP. They are read from the folder that VIR_EARK_VOCABULARIES names; without
it, the words that our packages use stand for them, and nothing is claimed about vocabularies.
Prints for each folder its name, the verdicts on structure, schema and rules, and every error.
"""
import io
import os
import sys
import urllib.request
from pathlib import Path

WORDS = {"ContentCategory": "Mixed", "ContentInformationType": "MIXED", "OAISPackageType": "SIP AIP DIP", "Status": "CURRENT"}


def vocabulary(address, *_):
    name = address.rsplit("/", 1)[-1]
    folder = os.environ.get("VIR_EARK_VOCABULARIES")
    if folder:
        return open(os.path.join(folder, name), "rb")
    words = next(words for key, words in WORDS.items() if name == f"CSIPVocabulary{key}.xml")
    return io.BytesIO("".join(f"<Term>{word}</Term>\n" for word in words.split()).encode())


urllib.request.urlopen = vocabulary
from eark_validator import packages  # noqa: E402
from eark_validator.model.validation_report import Severity  # noqa: E402

for path in sys.argv[1:]:
    report = packages.PackageValidator(Path(path)).validation_report
    metadata = report.metadata
    verdicts = [report.structure.status.value]
    errors = [message for message in report.structure.messages if message.severity == Severity.ERROR]
    for results in (metadata.schema_results, metadata.schematron_results) if metadata else ():
        verdicts.append(results.status.value)
        errors += [message for message in results.messages if message.severity == Severity.ERROR]
    print(Path(path).name, *verdicts, sep="\t")
    for message in errors:
        print("", message.rule_id, message.location, message.message, sep="\t")
