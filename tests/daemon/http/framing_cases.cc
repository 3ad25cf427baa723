#include "tests/daemon/http/framing_cases.h"

namespace signet::http {
namespace {

std::string bytes(std::string_view text) { return std::string(text); }

// A GET with further field lines (each with its CR LF).
std::string get_with(std::string_view fields) { return "GET /p HTTP/1.1\r\nHost: h\r\n" + bytes(fields) + "\r\n"; }
// A POST with further field lines and whatever follows the head.
std::string post_with(std::string_view fields, std::string_view rest) {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + bytes(fields) + "\r\n" + bytes(rest);
}
std::string chunked(std::string_view rest) { return post_with("Transfer-Encoding: chunked\r\n", rest); }

void add_request_lines(std::vector<FramingCase>& rows) {
  const std::string rest = "\r\nHost: h\r\n\r\n";
  const auto line = [&](std::string_view rule, std::string_view text, int status, std::string body = {}) {
    rows.push_back({rule, bytes(text) + rest, status, std::move(body)});
  };
  line("origin-form", "GET /p HTTP/1.1", 200, "GET /p?|");
  line("origin-form with an empty query", "GET /p? HTTP/1.1", 200, "GET /p?|");
  line("origin-form with all its characters", "GET /a-._~!$&'()*+,;=:@%41/?/?x HTTP/1.1", 200,
       "GET /a-._~!$&'()*+,;=:@%41/?/?x|");
  line("registered methods go to the handler", "PURGE /p HTTP/1.1", 200, "PURGE /p?|");
  line("HTTP/1.0", "GET /p HTTP/1.0", 200, "GET /p?|");
  line("no version: HTTP/0.9 (llhttp takes it)", "GET /p", 400);
  line("unknown method, RFC 9110 15.6.2", "FROB /p HTTP/1.1", 501);
  line("methods are case-sensitive, RFC 9110 9.1", "get /p HTTP/1.1", 501);
  line("CONNECT", "CONNECT h:80 HTTP/1.1", 400);
  line("CONNECT with a path", "CONNECT /p HTTP/1.1", 400);
  line("method with a character outside tokens", "GE(T /p HTTP/1.1", 400);
  line("empty method", " /p HTTP/1.1", 400);
  line("blank before the method", " GET /p HTTP/1.1", 400);
  line("absolute-form with the same authority", "GET http://h/p HTTP/1.1", 400);
  line("absolute-form with another authority", "GET http://evil/p HTTP/1.1", 400);
  line("authority-form", "GET h:80 HTTP/1.1", 400);
  line("asterisk-form", "OPTIONS * HTTP/1.1", 400);
  line("empty target", "GET  HTTP/1.1", 400);
  line("two blanks before the target", "GET  /p HTTP/1.1", 400);
  line("two blanks before the version", "GET /p  HTTP/1.1", 400);
  line("tab instead of a blank", "GET\t/p HTTP/1.1", 400);
  line("tab behind the target", "GET /p\tHTTP/1.1", 400);
  line("blank behind the version", "GET /p HTTP/1.1 ", 400);
  line("fragment in the target", "GET /p#x HTTP/1.1", 400);
  line("backslash in the target", "GET /\\p HTTP/1.1", 400);
  line("quote in the target", "GET /p\" HTTP/1.1", 400);
  line("octet over 0x7F in the target", "GET /\xC3\xA4 HTTP/1.1", 400);
  line("DEL in the target", "GET /\x7F HTTP/1.1", 400);
  line("HTTP/2.0", "GET /p HTTP/2.0", 505);
  line("HTTP/1.2", "GET /p HTTP/1.2", 505);
  line("HTTP/0.9 spelt out", "GET /p HTTP/0.9", 505);
  line("the HTTP/2 preface", "PRI * HTTP/2.0", 400);
  line("version with two digits", "GET /p HTTP/1.10", 400);
  line("version in lower case", "GET /p http/1.1", 400);
  line("version of another protocol", "GET /p ICE/1.0", 400);
  line("version without its number", "GET /p HTTP/", 400);
  line("version with a comma", "GET /p HTTP/1,1", 400);
  rows.push_back({"empty line before the request (RFC 9112 2.2 leaves it to us)", "\r\n" + get_with(""), 400});
  rows.push_back({"NUL in the target", bytes({"GET /\0p HTTP/1.1\r\nHost: h\r\n\r\n", 29}), 400});
  rows.push_back({"bare LF behind the request line", "GET /p HTTP/1.1\nHost: h\r\n\r\n", 400});
  rows.push_back({"bare CR behind the request line", "GET /p HTTP/1.1\rHost: h\r\n\r\n", 400});
  rows.push_back({"no version, bare LF, a body (open llhttp bug)", "GET /p\nContent-Length: 3\n\nabc", 400});
  rows.push_back({"a TLS hello", bytes({"\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03", 11}), 400});
  rows.push_back({"target over the limit", "GET /" + std::string(4096, 'a') + " HTTP/1.1" + rest, 414});
  rows.push_back({"target at the limit", "GET /" + std::string(4095, 'a') + " HTTP/1.1" + rest, 200,
                  "GET /" + std::string(4095, 'a') + "?|"});
}

void add_line_ends(std::vector<FramingCase>& rows) {
  rows.push_back({"bare LF behind a field", "GET /p HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400});
  rows.push_back({"bare CR ending a value (CVE-2023-30589)", get_with("X: y\rTransfer-Encoding: chunked\r\n"), 400});
  rows.push_back({"CR LF CR ending the head (CVE-2025-23167)", "GET /p HTTP/1.1\r\nHost: h\r\n\rGET /q", 400});
  rows.push_back({"CR CR LF", get_with("X: y\r\r\n"), 400});
  rows.push_back({"LF LF ending the head", "GET /p HTTP/1.1\r\nHost: h\n\n", 400});
  rows.push_back({"CR LF LF ending the head", "GET /p HTTP/1.1\r\nHost: h\r\n\n", 400});
  rows.push_back({"bare CR inside a value", get_with("X: a\rb\r\n"), 400});
  rows.push_back({"LF CR", get_with("X: y\n\r"), 400});
}

void add_fields(std::vector<FramingCase>& rows) {
  rows.push_back({"tab inside a value", get_with("X: a\tb\r\n"), 200, "GET /p?|"});
  rows.push_back({"octets over 0x7F in a value", get_with("X: \xC3\xA4\xFF\r\n"), 200, "GET /p?|"});
  rows.push_back({"empty value", get_with("X:\r\nY: \r\nZ:\t \r\n"), 200, "GET /p?|"});
  rows.push_back({"all token characters in a name", get_with("!#$%&'*+-.^_`|~aZ9: 1\r\n"), 200, "GET /p?|"});
  rows.push_back({"NUL in a value", get_with({"X: a\0b\r\n", 8}), 400});
  rows.push_back({"escape character in a value", get_with("X: a\x1B[0m\r\n"), 400});
  rows.push_back({"DEL in a value", get_with("X: a\x7F\r\n"), 400});
  rows.push_back({"vertical tab in a value", get_with("X: a\x0B\r\n"), 400});
  rows.push_back(
      {"control character far into a long value", get_with("X: " + std::string(100, 'a') + "\x01\r\n"), 400});
  rows.push_back({"folded field (RFC 9112 5.2)", get_with("X: a\r\n b\r\n"), 400});
  rows.push_back({"field folded with a tab", get_with("X: a\r\n\tb\r\n"), 400});
  rows.push_back({"blank before the first field", "GET /p HTTP/1.1\r\n Host: h\r\n\r\n", 400});
  rows.push_back({"empty field name", get_with(": x\r\n"), 400});
  rows.push_back({"blank before the colon (RFC 9112 5.1)", get_with("X : y\r\n"), 400});
  rows.push_back({"tab before the colon", post_with("Content-Length\t: 3\r\n", "abc"), 400});
  rows.push_back({"no colon", get_with("X\r\n"), 400});
  rows.push_back({"octet over 0x7F in a name", get_with("X\xC3\xA4: y\r\n"), 400});
  rows.push_back({"NUL in a name", get_with({"X\0: y\r\n", 7}), 400});
  rows.push_back({"parenthesis in a name", get_with("X(: y\r\n"), 400});
  std::string many;
  for (int i = 0; i < 63; ++i) many += "X: y\r\n";
  rows.push_back({"as many fields as allowed", get_with(many), 200, "GET /p?|"});
  rows.push_back({"one field too many", get_with(many + "X: y\r\n"), 431});
  rows.push_back({"head over the limit", get_with("X: " + std::string(16'384, 'a') + "\r\n"), 431});
  rows.push_back({"name over the limit", get_with(std::string(17'000, 'a') + ": y\r\n"), 431});
  rows.push_back({"offence before the limit decides", get_with("X: \x01" + std::string(17'000, 'a') + "\r\n"), 400});
}

void add_host(std::vector<FramingCase>& rows) {
  rows.push_back({"no Host on HTTP/1.1 (RFC 9112 3.2)", "GET /p HTTP/1.1\r\n\r\n", 400});
  rows.push_back({"no Host on HTTP/1.0", "GET /p HTTP/1.0\r\n\r\n", 200, "GET /p?|"});
  rows.push_back({"two Hosts", get_with("Host: h\r\n"), 400});
  rows.push_back({"two Hosts on HTTP/1.0", "GET /p HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400});
  rows.push_back({"empty Host", "GET /p HTTP/1.1\r\nHost:\r\n\r\n", 400});
  rows.push_back({"Host with a list", "GET /p HTTP/1.1\r\nHost: a, b\r\n\r\n", 400});
  rows.push_back({"Host with a path", "GET /p HTTP/1.1\r\nHost: a/b\r\n\r\n", 400});
  rows.push_back({"Host with user information", "GET /p HTTP/1.1\r\nHost: u@h\r\n\r\n", 400});
  rows.push_back({"Host with IPv6 and port", "GET /p HTTP/1.1\r\nHOST: [::1]:80\r\n\r\n", 200, "GET /p?|"});
}

void add_content_length(std::vector<FramingCase>& rows) {
  rows.push_back({"Content-Length", post_with("Content-Length: 3\r\n", "abc"), 200, "POST /p?|abc"});
  rows.push_back(
      {"Content-Length with leading zeros", post_with("Content-Length: 0003\r\n", "abc"), 200, "POST /p?|abc"});
  rows.push_back({"Content-Length 0", post_with("Content-Length: 0\r\n", ""), 200, "POST /p?|"});
  rows.push_back({"GET with a body", get_with("Content-Length: 3\r\n") + "abc", 200, "GET /p?|abc"});
  rows.push_back({"POST with neither length nor coding (RFC 9112 6.3)", post_with("", ""), 200, "POST /p?|"});
  rows.push_back(
      {"CR and LF in a body are content", post_with("Content-Length: 4\r\n", "\r\n\r\n"), 200, "POST /p?|\r\n\r\n"});
  for (const char* value : {"", "+3", "-3", " 3 3", "3,3", "3, 3", "0x3", "3.0", "3e0", "3;", "\xB3", "three"}) {
    rows.push_back(
        {"Content-Length that is not digits", post_with("Content-Length: " + std::string(value) + "\r\n", "abc"), 400});
  }
  rows.push_back(
      {"two Content-Lengths that agree", post_with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400});
  rows.push_back(
      {"two Content-Lengths that differ", post_with("Content-Length: 3\r\ncontent-length: 0\r\n", "abc"), 400});
  rows.push_back({"Content-Length over the limit", post_with("Content-Length: 65537\r\n", ""), 413});
  rows.push_back({"Content-Length of 2^64 + 3", post_with("Content-Length: 18446744073709551619\r\n", "abc"), 413});
  rows.push_back({"Content-Length of a hundred digits",
                  post_with("Content-Length: " + std::string(100, '9') + "\r\n", "abc"), 413});
}

void add_transfer_encoding(std::vector<FramingCase>& rows) {
  rows.push_back({"chunked", chunked("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"), 200, "POST /p?|abcd"});
  rows.push_back({"chunked in capitals", post_with("TRANSFER-ENCODING: Chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), 200,
                  "POST /p?|abc"});
  rows.push_back({"chunked and empty", chunked("0\r\n\r\n"), 200, "POST /p?|"});
  rows.push_back({"chunk size in hexadecimal of both cases",
                  chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0000\r\n\r\n"), 200, "POST /p?|01234567890123456789"});
  for (const char* value : {"gzip, chunked", "chunked, chunked", ", chunked", "chunked,", "chunked;q=1", "x-chunked",
                            "identity", "", "chunked\x0B", "\"chunked\"", "gzip", "chunked, identity"}) {
    rows.push_back({"any other Transfer-Encoding",
                    post_with("Transfer-Encoding: " + std::string(value) + "\r\n", "0\r\n\r\n"), 400});
  }
  rows.push_back({"two Transfer-Encodings",
                  post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400});
  rows.push_back({"identity, then chunked",
                  post_with("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400});
  rows.push_back({"Content-Length before Transfer-Encoding (RFC 9112 6.3)",
                  post_with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400});
  rows.push_back({"Transfer-Encoding before Content-Length",
                  post_with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400});
  rows.push_back({"Transfer-Encoding on HTTP/1.0 (RFC 9112 6.1)",
                  "POST /p HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400});
  rows.push_back({"chunk extension", chunked("3;x=y\r\nabc\r\n0\r\n\r\n"), 400});
  rows.push_back({"blank behind a chunk size", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400});
  rows.push_back({"blank before a chunk size", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400});
  rows.push_back({"chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400});
  rows.push_back({"chunk size with a sign", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400});
  rows.push_back({"empty chunk size", chunked("\r\nabc\r\n0\r\n\r\n"), 400});
  rows.push_back({"chunk size of nine digits", chunked("000000003\r\nabc\r\n0\r\n\r\n"), 400});
  rows.push_back({"chunk size past the limit", chunked("fffffffe\r\nabc"), 413});
  rows.push_back({"chunk size line with a bare LF", chunked("3\nabc\r\n0\r\n\r\n"), 400});
  rows.push_back({"chunk data not followed by CR LF", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400});
  rows.push_back({"chunk data followed by a bare LF", chunked("3\r\nabc\n0\r\n\r\n"), 400});
  rows.push_back({"chunk data followed by two other octets", chunked("3\r\nabcXX0\r\n\r\n"), 400});
  rows.push_back({"trailer field", chunked("3\r\nabc\r\n0\r\nX: y\r\n\r\n"), 400});
  rows.push_back({"Content-Length in the trailer", chunked("0\r\nContent-Length: 3\r\n\r\nabc"), 400});
  rows.push_back({"last chunk ending with a bare LF", chunked("0\r\n\n"), 400});
}

void add_others(std::vector<FramingCase>& rows) {
  rows.push_back({"any other expectation (RFC 9110 10.1.1)", post_with("Expect: 200-ok\r\n", ""), 417});
  rows.push_back({"a list of expectations", post_with("Expect: 100-continue, x\r\n", ""), 417});
  rows.push_back({"Upgrade is ignored (RFC 9110 7.8)", get_with("Connection: upgrade\r\nUpgrade: websocket\r\n"), 200,
                  "GET /p?|"});
  rows.push_back({"Upgrade to h2c is ignored",
                  get_with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"), 200,
                  "GET /p?|"});
  rows.push_back({"Upgrade with a body", post_with("Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 3\r\n", "abc"),
                  200, "POST /p?|abc"});
  rows.push_back({"Connection with several options", get_with("Connection: x, keep-alive ,y\r\n"), 200, "GET /p?|"});
}

}  // namespace

const std::vector<FramingCase>& framing_cases() {
  static const std::vector<FramingCase> kRows = [] {
    std::vector<FramingCase> rows;
    add_request_lines(rows);
    add_line_ends(rows);
    add_fields(rows);
    add_host(rows);
    add_content_length(rows);
    add_transfer_encoding(rows);
    add_others(rows);
    return rows;
  }();
  return kRows;
}

}  // namespace signet::http
