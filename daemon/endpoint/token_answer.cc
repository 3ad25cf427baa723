#include "daemon/endpoint/token_answer.h"

#include <charconv>

#include "protocol/base/copy_text.h"
#include "protocol/oauth/token_response.h"

namespace signet {
namespace {

// The complete head of a success, ready for respond_serialized (RFC 6749 5.1: no-store), and the body's prefix.
class SuccessHead {
 public:
  SuccessHead(std::string_view date_field, size_t body_size) {
    add("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nPragma: no-cache\r\n");
    add(date_field);
    add("Content-Length: ");
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), body_size).ptr;
    add({digits.data(), static_cast<size_t>(end - digits.data())});
    add("\r\n\r\n");
    add(kTokenResponsePrefix);
  }
  std::string_view text() const { return {text_.data(), used_}; }

 private:
  void add(std::string_view part) {
    copy_text(text_.data() + used_, part);
    used_ += part.size();
  }
  std::array<char, 512> text_;
  size_t used_ = 0;
};

}  // namespace

std::expected<void, ErrorReply> TokenAnswer::queue(const SigningJobOwner& owner, http::Responder& out,
                                                   const IssueRequest& issue, std::string_view refresh_token,
                                                   SigningJob* job) {
  const auto token_size = composer_.prepare(issue);
  if (!token_size) return std::unexpected(token_size.error());
  const size_t suffix_size =
      write_token_response_suffix({composer_.expires_in_s(), issue.scope, refresh_token}, suffix_);
  if (suffix_size == 0) return std::unexpected(ErrorReply{.error = OAuthError::kServerError});
  if (job == nullptr) job = scope_.queue.take();
  if (job == nullptr) return std::unexpected(unavailable());
  const SuccessHead head(out.date_field(), kTokenResponsePrefix.size() + *token_size + suffix_size);
  composer_.write(*job, head.text(), {suffix_.data(), suffix_size});
  job->owner = owner;
  scope_.queue.push(job);
  return {};
}

}  // namespace signet
