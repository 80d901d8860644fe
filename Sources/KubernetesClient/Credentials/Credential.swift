import HTTPTransport
import KubernetesAPI

/// What a request shows to say whose it is.
struct Credential: Hashable, Sendable {
    var token: String?
    var clientCertificate: TLSOptions.ClientCertificate?
    /// From then on another one is needed; `nil` for as long as the server takes it.
    var expires: Time?

    init(token: String? = nil, clientCertificate: TLSOptions.ClientCertificate? = nil, expires: Time? = nil) {
        self.token = token
        self.clientCertificate = clientCertificate
        self.expires = expires
    }
}

extension Credential {
    private struct Document: Decodable {
        struct Status: Decodable {
            var token: String?
            var clientCertificateData: String?
            var clientKeyData: String?
            var expirationTimestamp: Time?
        }

        var apiVersion: String?
        var kind: String?
        var status: Status?
    }

    /// Reads an `ExecCredential`.
    ///
    /// - Parameters:
    ///   - text: What a plugin printed.
    ///   - apiVersion: What it was asked for.
    /// - Throws: ``ConfigurationError`` that says what is missing; never with a part of the text, which holds secrets.
    init(execCredential text: String, apiVersion: String) throws(ConfigurationError) {
        let document: Document
        do {
            document = try JSONValue(parsing: text).decode()
        } catch let error as JSONSyntaxError {
            throw ConfigurationError("printed no ExecCredential: \(error)")
        } catch let error as DecodingError {
            throw ConfigurationError("printed an ExecCredential that is not valid: \(error.sentence)")
        } catch {
            throw ConfigurationError("printed an ExecCredential that is not valid")
        }
        guard document.kind == "ExecCredential", document.apiVersion == apiVersion else {
            throw ConfigurationError(
                "printed the kind \"\(document.kind ?? "")\" of \"\(document.apiVersion ?? "")\", "
                    + "but was asked for an ExecCredential of \(apiVersion)")
        }
        let status = document.status
        let token = status?.token.flatMap { $0.isEmpty ? nil : $0 }
        let certificate: TLSOptions.ClientCertificate?
        switch (status?.clientCertificateData ?? "", status?.clientKeyData ?? "") {
        case ("", ""): certificate = nil
        case (let chain, let key) where !chain.isEmpty && !key.isEmpty:
            certificate = .init(chain: Array(chain.utf8), privateKey: Array(key.utf8))
        default: throw ConfigurationError("printed only one of clientCertificateData and clientKeyData")
        }
        guard token != nil || certificate != nil else {
            throw ConfigurationError("printed neither a token nor a client certificate")
        }
        self.init(token: token, clientCertificate: certificate, expires: status?.expirationTimestamp)
    }
}
