#include "daemon/http/status.h"

#include <array>
#include <cstddef>

namespace signet::http {
namespace {

struct StatusLine {
  int status;
  std::string_view line;
};

constexpr StatusLine kLines[] = {
    {200, "HTTP/1.1 200 OK\r\n"},
    {201, "HTTP/1.1 201 Created\r\n"},
    {202, "HTTP/1.1 202 Accepted\r\n"},
    {204, "HTTP/1.1 204 No Content\r\n"},
    {301, "HTTP/1.1 301 Moved Permanently\r\n"},
    {302, "HTTP/1.1 302 Found\r\n"},
    {303, "HTTP/1.1 303 See Other\r\n"},
    {304, "HTTP/1.1 304 Not Modified\r\n"},
    {307, "HTTP/1.1 307 Temporary Redirect\r\n"},
    {308, "HTTP/1.1 308 Permanent Redirect\r\n"},
    {400, "HTTP/1.1 400 Bad Request\r\n"},
    {401, "HTTP/1.1 401 Unauthorized\r\n"},
    {403, "HTTP/1.1 403 Forbidden\r\n"},
    {404, "HTTP/1.1 404 Not Found\r\n"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    {406, "HTTP/1.1 406 Not Acceptable\r\n"},
    {408, "HTTP/1.1 408 Request Timeout\r\n"},
    {409, "HTTP/1.1 409 Conflict\r\n"},
    {410, "HTTP/1.1 410 Gone\r\n"},
    {411, "HTTP/1.1 411 Length Required\r\n"},
    {412, "HTTP/1.1 412 Precondition Failed\r\n"},
    {413, "HTTP/1.1 413 Content Too Large\r\n"},
    {414, "HTTP/1.1 414 URI Too Long\r\n"},
    {415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    {417, "HTTP/1.1 417 Expectation Failed\r\n"},
    {422, "HTTP/1.1 422 Unprocessable Content\r\n"},
    {423, "HTTP/1.1 423 Locked\r\n"},
    {428, "HTTP/1.1 428 Precondition Required\r\n"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n"},
    {501, "HTTP/1.1 501 Not Implemented\r\n"},
    {502, "HTTP/1.1 502 Bad Gateway\r\n"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n"},
    {504, "HTTP/1.1 504 Gateway Timeout\r\n"},
    {505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
    {507, "HTTP/1.1 507 Insufficient Storage\r\n"},
};
constexpr std::string_view kBug = "HTTP/1.1 500 Internal Server Error\r\n";

constexpr int kLowest = 200;
constexpr size_t kRange = 400;

// Statuses without a name here, which a dialect's file may ask for. The reason may be empty (RFC 9112 4).
constexpr std::string_view kUnnamed = "HTTP/1.1 000 \r\n";
constexpr size_t kDigitsAt = 9;
using UnnamedLine = std::array<char, kUnnamed.size()>;
constexpr std::array<UnnamedLine, kRange> kUnnamedLines = [] {
  std::array<UnnamedLine, kRange> lines{};
  for (size_t i = 0; i < kRange; ++i) {
    for (size_t at = 0; at < kUnnamed.size(); ++at) lines[i][at] = kUnnamed[at];
    const size_t status = i + kLowest;
    lines[i][kDigitsAt] = static_cast<char>('0' + status / 100);
    lines[i][kDigitsAt + 1] = static_cast<char>('0' + status / 10 % 10);
    lines[i][kDigitsAt + 2] = static_cast<char>('0' + status % 10);
  }
  return lines;
}();

// By status, so that an answer costs one look.
constexpr std::array<std::string_view, kRange> kByStatus = [] {
  std::array<std::string_view, kRange> table;
  for (size_t i = 0; i < kRange; ++i) table[i] = {kUnnamedLines[i].data(), kUnnamedLines[i].size()};
  for (const StatusLine& row : kLines) table[static_cast<size_t>(row.status - kLowest)] = row.line;
  return table;
}();

}  // namespace

std::string_view status_line(int status) {
  const auto index = static_cast<size_t>(status - kLowest);
  return index < kRange ? kByStatus[index] : kBug;
}

}  // namespace signet::http
