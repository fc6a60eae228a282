import java.io.FileInputStream;
import java.io.InputStream;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Asks veraPDF about files: `java -cp … Judge.java FLAVOUR,… FILE…`.
 * Prints one line per file and flavour: `ok` or `failed`, the flavour, the path, parted by tabs;
 * below it one indented line per broken rule.
 */
public final class Judge {
    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.OFF);
        VeraGreenfieldFoundryProvider.initialise();
        for (String flavour : arguments[0].split(",")) {
            for (int index = 1; index < arguments.length; index++) {
                judge(arguments[index], PDFAFlavour.fromString(flavour));
            }
        }
    }

    private static void judge(String path, PDFAFlavour flavour) throws Exception {
        try (InputStream input = new FileInputStream(path);
                PDFAParser parser = Foundries.defaultInstance().createParser(input, flavour);
                PDFAValidator validator =
                        Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println((result.isCompliant() ? "ok" : "failed")
                    + "\t" + flavour.getId() + "\t" + path);
            TreeMap<String, String> broken = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = assertion.getRuleId().getClause() + "-"
                            + assertion.getRuleId().getTestNumber();
                    broken.putIfAbsent(rule, assertion.getMessage() + " @ "
                            + assertion.getLocation().getContext());
                }
            }
            broken.forEach((rule, message) -> System.out.println("\t" + rule + ": " + message.replace('\n', ' ')));
        }
    }
}
