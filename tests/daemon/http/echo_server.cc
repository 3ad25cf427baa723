// echo_server: what front-end tests talk to. Serves on a free loopback port and prints "port N"; then one line of JSON
// per request seen: [connection slot.generation, method, path?query, body in hex], which is also the answer's body.
// `--cases` prints the rows of the framing table instead: rule, TAB, octets in hex.
#include <cstdio>
#include <string>
#include <string_view>

#include "daemon/http/server_loop.h"
#include "tests/daemon/http/framing_cases.h"

namespace {

using namespace signet::http;

std::string hex(std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (char c : octets) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

class Reporter : public Handler {
 public:
  std::optional<size_t> on_head(const Request&, Responder&) override { return 64 * 1024; }
  void on_request(const Request& request, Responder& responder) override {
    std::string line = "[\"" + std::to_string(request.id.slot) + "." + std::to_string(request.id.generation) + "\",\"";
    line += request.method_text;
    line += "\",\"" + hex(request.path) + "\",\"" + hex({request.body.data(), request.body.size()}) + "\"]";
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    Response response;
    response.content_type = "application/json";
    response.body = line;
    responder.respond(request.id, response);
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--cases") {
    for (const FramingCase& row : framing_cases()) {
      std::printf("%.*s\t%s\n", static_cast<int>(row.rule.size()), row.rule.data(), hex(row.octets).c_str());
    }
    return 0;
  }
  Reporter reporter;
  auto loop = ServerLoop::create({}, reporter);
  const std::string error = loop->listen({.host = "127.0.0.1"}, false);
  if (!error.empty()) return std::fprintf(stderr, "%s\n", error.c_str()), 1;
  std::printf("port %u\n", loop->bound_port(0));
  std::fflush(stdout);
  loop->run();
  return 0;
}
