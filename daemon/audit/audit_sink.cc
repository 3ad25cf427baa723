#include "daemon/audit/audit_sink.h"

#include <fmt/format.h>
#include <pthread.h>

#include <chrono>
#include <fstream>
#include <future>
#include <utility>

#include "daemon/audit/audit_json.h"
#include "daemon/audit/issuance_file.h"
#include "daemon/log.h"

namespace signet {
namespace {

constexpr std::chrono::milliseconds kPollInterval{200};
constexpr std::chrono::milliseconds kRetryInterval{1000};
constexpr size_t kIssuanceOctets = size_t{1} << 20;  // of one turn

std::expected<AuditPage, StoreError> read_page(Store& store, uint64_t after) {
  std::promise<std::expected<AuditPage, StoreError>> page;
  store.read_audit({.after = after},
                   [&page](std::expected<AuditPage, StoreError> read) { page.set_value(std::move(read)); });
  return page.get_future().get();
}

// Whole lines of a file from `offset` on, at most kIssuanceOctets of them.
std::vector<std::string> lines_behind(const std::string& path, uint64_t offset) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kIssuanceOctets, '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  std::vector<std::string> lines;
  for (size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

}  // namespace

AuditSink::AuditSink(Options options) : options_(std::move(options)), output_(make_sink_output(options_.target)) {
  load_place();
}

void AuditSink::start() {
  thread_ = std::thread([this] { run(); });
}

AuditSink::~AuditSink() { close(); }

void AuditSink::reopen() {
  reopen_ = true;
  wake_.notify_all();
}

AuditSink::Figures AuditSink::figures() const { return {copied_, dropped_ + output_->cut(), failures_, behind_}; }

void AuditSink::close() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void AuditSink::run() {
  ::pthread_setname_np(::pthread_self(), "audit-sink");
  while (true) {
    if (reopen_.exchange(false)) output_->reopen();
    const bool more_records = copy_page();
    const bool more_tokens = copy_issuance();
    save_place();
    std::unique_lock lock(mutex_);
    if (closing_) return;
    if (failing_ || (!more_records && !more_tokens)) {
      wake_.wait_for(lock, failing_ ? kRetryInterval : kPollInterval, [this] { return closing_ || reopen_; });
    }
  }
}

// True: there is more to copy.
bool AuditSink::copy_page() {
  const auto page = read_page(*options_.store, place_.sequence);
  if (!page) return false;  // busy, or about to end
  if (page->base > place_.sequence) {
    dropped_ += page->base - place_.sequence;
    log_event(LogLevel::kError, "audit_sink_missed",
              {{"from", fmt::format("{}", place_.sequence + 1)},
               {"to", fmt::format("{}", page->base)},
               {"why", "pruned before they were copied"}});
    place_.sequence = page->base;
  }
  std::vector<std::string> lines;
  std::vector<uint64_t> sequences;
  for (const AuditRecord& record : page->records) {
    lines.push_back(audit_record_line(record, tenant_of(record)));
    sequences.push_back(record.sequence);
  }
  if (!write(lines, sequences)) return true;
  place_.sequence = std::max(place_.sequence, page->checked_to);
  behind_ = page->end - std::min(page->end, place_.sequence);
  if (page->fault && !std::exchange(faulty_, true)) {
    log_event(LogLevel::kError, "audit_sink_stopped",
              {{"record", fmt::format("{}", page->fault->sequence)}, {"why", page->fault->text}});
  }
  return !page->fault && place_.sequence < page->end;
}

// Through the files in order, from the one where it is.
bool AuditSink::copy_issuance() {
  const auto files = issuance_files(options_.issuance_directory);
  if (!files.empty() && files.back().number < place_.file) place_.file = 0;  // the log began anew
  for (const IssuanceFile& file : files) {
    if (file.number < place_.file) continue;
    if (file.number > place_.file) place_.file = file.number, place_.offset = 0;
    const auto lines = lines_behind(file.path, place_.offset);
    if (lines.empty()) continue;
    if (!write(lines, {})) return true;
    for (const std::string& line : lines) place_.offset += line.size() + 1;
    return true;
  }
  return false;
}

// Of the log's records it remembers how far it came when it fails; of the others the whole turn is written again.
bool AuditSink::write(const std::vector<std::string>& lines, const std::vector<uint64_t>& sequences) {
  if (lines.empty()) return true;
  std::string why;
  const size_t taken = output_->write(lines, why);
  copied_ += taken;
  if (taken == lines.size()) {
    if (std::exchange(failing_, false)) log_event(LogLevel::kInfo, "audit_sink_writes_again");
    return true;
  }
  // Tokens that share a row are one step.
  for (size_t i = 0; i < taken && i + 1 < sequences.size(); ++i) {
    if (sequences[i + 1] != sequences[i]) place_.sequence = sequences[i];
  }
  failed(why);
  return false;
}

void AuditSink::failed(std::string_view why) {
  ++failures_;
  if (std::exchange(failing_, true)) return;  // once, until it takes lines again
  log_event(LogLevel::kError, "audit_sink_failed", {{"sink", options_.target}, {"why", why}});
}

std::string AuditSink::tenant_of(const AuditRecord& record) {
  if (record.token != 0) return record.tenant_name;
  if (!record.tenant) return {};
  std::string& name = tenants_[*record.tenant];
  if (name.empty()) name = options_.tenant_name(*record.tenant);
  if (name.empty()) name = fmt::format("#{}", *record.tenant);
  return name;
}

// A file that is damaged or not there: from the beginning of what is kept.
void AuditSink::load_place() {
  std::ifstream file(options_.place_file);
  Place place;
  if (file >> place.sequence >> place.file >> place.offset) place_ = saved_ = place;
}

// Replaced, not synced: after a power cut some lines come twice.
void AuditSink::save_place() {
  if (place_ == saved_) return;
  const std::string next = options_.place_file + ".tmp";
  std::ofstream file(next, std::ios::trunc);
  file << place_.sequence << ' ' << place_.file << ' ' << place_.offset << '\n';
  file.close();
  if (file && ::rename(next.c_str(), options_.place_file.c_str()) == 0) saved_ = place_;
}

}  // namespace signet
