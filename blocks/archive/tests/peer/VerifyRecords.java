import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSDataGroup;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;

/**
 * A second opinion on evidence records: what BouncyCastle says of each.
 *
 * Arguments are pairs of a record and its data, a folder where it is a group of several; for each pair one line,
 * `valid` or `invalid: why`.
 */
public class VerifyRecords {
    public static void main(String[] arguments) throws Exception {
        java.security.Security.addProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider());
        DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
        for (int at = 0; at + 1 < arguments.length; at += 2) {
            String verdict;
            try {
                byte[] record = Files.readAllBytes(Path.of(arguments[at]));
                ERSData data = data(Path.of(arguments[at + 1]));
                ERSEvidenceRecord evidence = new ERSEvidenceRecord(record, digests);
                X509CertificateHolder service = evidence.getSigningCertificate();
                evidence.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(service));
                evidence.validatePresent(data, new Date());
                verdict = "valid";
            } catch (Exception refused) {
                verdict = "invalid: " + refused.getMessage();
            }
            System.out.println(verdict.replace('\n', ' '));
        }
    }

    private static ERSData data(Path path) throws Exception {
        if (!Files.isDirectory(path)) {
            return new ERSByteData(Files.readAllBytes(path));
        }
        List<ERSData> group = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                group.add(new ERSByteData(Files.readAllBytes(file)));
            }
        }
        return new ERSDataGroup(group);
    }
}
