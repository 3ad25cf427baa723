#include "daemon/http/llhttp_check.h"

#include <llhttp.h>

#if defined(__x86_64__)
// NOLINTNEXTLINE(bugprone-reserved-identifier): the library's own name
extern "C" int llhttp__internal_execute_sse42(llhttp__internal_t* parser, const char* p, const char* end);
#endif

namespace signet::http {
namespace {

// llhttp_execute is this and nothing more; the state machine exists once more with SSE 4.2 code.
using Execute = int (*)(llhttp__internal_t* parser, const char* p, const char* end);

Execute choose_execute() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return &llhttp__internal_execute_sse42;
#endif
  return &llhttp__internal_execute;
}

const Execute kExecute = choose_execute();

static_assert(LLHTTP_STRICT_MODE == 1, "without it llhttp takes bare CRs and unterminated chunks");

// Stops the parser at the end of the head: the body is framed by what both parsers agreed on, not by llhttp.
int pause_at_head_end(llhttp_t* parser) {
  *static_cast<bool*>(parser->data) = true;
  return HPE_PAUSED;
}

const llhttp_settings_t& settings() {
  static const llhttp_settings_t kSettings = [] {
    llhttp_settings_t made{};
    made.on_headers_complete = pause_at_head_end;
    return made;
  }();
  return kSettings;
}

bool same_framing(const llhttp_t& parser, const ParsedHead& head) {
  const bool llhttp_chunked = (parser.flags & F_CHUNKED) != 0;
  const bool llhttp_coded = (parser.flags & F_TRANSFER_ENCODING) != 0;
  const bool llhttp_length = (parser.flags & F_CONTENT_LENGTH) != 0;
  return llhttp_chunked == head.chunked && llhttp_coded == head.chunked && llhttp_length == head.has_content_length &&
         parser.content_length == head.content_length;
}

}  // namespace

HeadRefusal llhttp_check(std::string_view head_octets, const ParsedHead& head) {
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, &settings());
  bool complete = false;
  parser.data = &complete;
  const char* end = head_octets.data() + head_octets.size();
  const int result = kExecute(&parser, head_octets.data(), end);
  if (result == HPE_INVALID_METHOD) return HeadRefusal::kMethodUnknown;
  const bool agrees = result == HPE_PAUSED && complete && llhttp_get_error_pos(&parser) == end &&
                      parser.http_major == 1 && parser.http_minor == head.minor_version &&
                      head.method_text == llhttp_method_name(static_cast<llhttp_method_t>(parser.method)) &&
                      same_framing(parser, head);
  return agrees ? HeadRefusal::kNone : HeadRefusal::kParsersDisagree;
}

}  // namespace signet::http
