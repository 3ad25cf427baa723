#include "daemon/http/response_head.h"

#include <charconv>
#include <cstring>

#include "daemon/http/status.h"
#include "protocol/base/check.h"
#include "protocol/base/copy_text.h"

namespace signet::http {
namespace {

// Fixed parts of a head: status line, Date, field names, Content-Length digits, Connection.
constexpr size_t kFixedRoom = 256;

class Writer {
 public:
  explicit Writer(char* at) : at_(at) {}
  void put(std::string_view text) { at_ = copy_text(at_, text); }
  void put_number(size_t number) { at_ = std::to_chars(at_, at_ + 20, number).ptr; }
  char* at() const { return at_; }

 private:
  char* at_;
};

std::string_view connection_field(AnswerForm form) {
  if (form.close) return "Connection: close\r\n";
  if (form.old_keep_alive) return "Connection: keep-alive\r\n";
  return {};
}

}  // namespace

void append_response(BufferPool& pool, Buffer& to, const Response& response, std::string_view date_field,
                     AnswerForm form) {
  pool.reserve(
      to, to.size + kFixedRoom + response.content_type.size() + response.extra_fields.size() + response.body.size());
  Writer writer(to.data + to.size);
  writer.put(status_line(response.status));
  writer.put(date_field);
  if (!response.content_type.empty()) {
    writer.put("Content-Type: ");
    writer.put(response.content_type);
    writer.put("\r\n");
  }
  const bool content = !status_without_content(response.status);
  if (content) {
    writer.put("Content-Length: ");
    writer.put_number(response.body.size());
    writer.put("\r\n");
  }
  writer.put(connection_field(form));
  writer.put(response.extra_fields);
  writer.put("\r\n");
  if (content && !form.head) writer.put(response.body);
  to.size = static_cast<size_t>(writer.at() - to.data);
}

void append_serialized(BufferPool& pool, Buffer& to, std::string_view octets, AnswerForm form) {
  if (form.head) {
    const size_t head_end = octets.find("\r\n\r\n");
    SIGNET_CHECK(head_end != std::string_view::npos);
    octets = octets.substr(0, head_end + 4);
  }
  const std::string_view connection = connection_field(form);
  if (!connection.empty()) {
    const size_t first_line = octets.find("\r\n");
    SIGNET_CHECK(first_line != std::string_view::npos);
    pool.append(to, octets.substr(0, first_line + 2));
    pool.append(to, connection);
    octets.remove_prefix(first_line + 2);
  }
  pool.append(to, octets);
}

}  // namespace signet::http
