import java.io.FileInputStream;
import java.io.InputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Asks the veraPDF engine about pairs of arguments: flavour file flavour file ... One line of verdict for each pair. */
public class Vera {
    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = true;
        for (int i = 0; i + 1 < args.length; i += 2) {
            good &= ask(PDFAFlavour.byFlavourId(args[i]), args[i], args[i + 1]);
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean ask(PDFAFlavour flavour, String name, String file) throws Exception {
        try (InputStream in = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, 200, true, false, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println((result.isCompliant() ? "PASS " : "FAIL ") + name + " " + result.getTotalAssertions() + " " + file);
            for (TestAssertion a : result.getTestAssertions()) {
                if (a.getStatus() == TestAssertion.Status.FAILED) {
                    System.out.println("  " + a.getRuleId().getClause() + "-" + a.getRuleId().getTestNumber() + " " + a.getMessage());
                }
            }
            return result.isCompliant();
        }
    }
}
