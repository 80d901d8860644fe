package import HTTPTypes

/// Why a request is not answered with what it asked for.
package struct HTTPFailure: Error, Hashable, Sendable {
    package var status: HTTPResponse.Status
    package var message: String
    package var headers: HTTPFields

    package init(_ status: HTTPResponse.Status, _ message: String, headers: HTTPFields = [:]) {
        self.status = status
        self.message = message
        self.headers = headers
    }
}
