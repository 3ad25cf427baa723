#include "daemon/http/error_answer.h"

#include <cstring>

#include "daemon/http/head_refusal.h"
#include "protocol/base/check.h"
#include "protocol/base/copy_text.h"

namespace signet::http {
namespace {

constexpr std::array<HeadRefusalText, static_cast<size_t>(HeadRefusal::kCount)> kTexts{{
    {200, ""},
    {400, "the method is not a token"},
    {501, "the method is not known"},
    {400, "CONNECT is not served"},
    {400, "the request target must be a path"},
    {400, "the request target holds a character that a path or query cannot"},
    {414, "the request target is too long"},
    {400, "the request line must end with HTTP/1.1 or HTTP/1.0"},
    {505, "only HTTP/1.1 and HTTP/1.0 are served"},
    {400, "lines must end with CR LF, and CR or LF must not stand alone"},
    {400, "a field value holds a control character"},
    {400, "a field name is empty"},
    {400, "a field name is not a token followed by a colon"},
    {400, "folded fields are not served"},
    {431, "the request head is too large"},
    {431, "the request head has too many fields"},
    {400, "Host is missing"},
    {400, "Host is repeated"},
    {400, "Host is not valid"},
    {400, "Content-Length is repeated"},
    {400, "Content-Length is not a number"},
    {413, "Content-Length is too large"},
    {400, "Transfer-Encoding is not part of HTTP/1.0"},
    {400, "Transfer-Encoding and Content-Length exclude each other"},
    {400, "Transfer-Encoding must be chunked"},
    {417, "only the expectation 100-continue is served"},
    {400, "the request head is malformed"},
}};
static_assert(!kTexts.back().description.empty(), "each refusal has its text");

char* put(char* to, std::string_view text) {
  copy_text(to, text);
  return to + text.size();
}

}  // namespace

const HeadRefusalText& head_refusal_text(HeadRefusal refusal) { return kTexts[static_cast<size_t>(refusal)]; }

Response error_answer(int status, std::string_view description, ErrorBody& body) {
  constexpr std::string_view kMiddle = "\",\"error_description\":\"";
  const std::string_view code = status == 503 ? "temporarily_unavailable" : "invalid_request";
  SIGNET_CHECK(description.size() + kMiddle.size() + code.size() + 16 < body.size());
  char* p = put(body.data(), "{\"error\":\"");
  p = put(p, code);
  p = put(p, kMiddle);
  p = put(p, description);
  p = put(p, "\"}");
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.extra_fields =
      status == 503 ? "Cache-Control: no-store\r\nRetry-After: 1\r\n" : "Cache-Control: no-store\r\n";
  response.body = {body.data(), static_cast<size_t>(p - body.data())};
  response.close = status != 503;
  return response;
}

}  // namespace signet::http
