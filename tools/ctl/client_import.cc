// signetctl client import
#include <fmt/format.h>

#include <chrono>
#include <iterator>

#include "tools/ctl/commands.h"
#include "tools/ctl/import/import_run.h"
#include "tools/ctl/import/progress.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

constexpr uint64_t kChunkClientsMax = 20'000;  // what fits the body of a chunk with room to spare

struct Options {
  ImportOptions import;
  std::optional<std::string> secrets_out;
  std::optional<uint64_t> chunk;
};

std::optional<Failure> read_options(Call& call, Options& options) {
  Arguments arguments = call.new_arguments();
  arguments.positional("FILE", options.import.file, "JSON lines (.jsonl, .ndjson, .json) or CSV (.csv)");
  arguments.option("--secrets-out", "FILE", options.secrets_out,
                   "Generate missing secrets and append them to FILE (mode 0600); without it such clients have none");
  arguments.option("--on-conflict", "WHAT", options.import.on_conflict,
                   "When a client exists: fail (default), skip or update");
  arguments.option("--chunk", "COUNT", options.chunk, 1, kChunkClientsMax, "Clients per commit; 5000 when not given");
  if (auto stop = call.parse(arguments)) return stop;
  const std::string& conflict = options.import.on_conflict;
  if (conflict != "fail" && conflict != "skip" && conflict != "update") {
    return usage_failure("--on-conflict: expected fail, skip or update");
  }
  if (options.chunk) options.import.chunk_clients = *options.chunk;
  options.import.with_secrets = options.secrets_out.has_value();
  return std::nullopt;
}

Failure faults_text(const std::string& file, const ImportSurvey& survey) {
  std::string text = "nothing was imported:\n";
  for (const ImportFault& fault : survey.faults) {
    fmt::format_to(std::back_inserter(text), "{}:{}: {}\n", file, fault.line, fault.text);
  }
  if (survey.more_faults) text += "and more\n";
  return {std::move(text)};
}

void show_result(Call& call, const ImportSurvey& survey, const ImportResult& result, double seconds) {
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.member("import_id", survey.import_id);
      to.key("clients"), to.unsigned_integer(survey.clients);
      to.key("added"), to.unsigned_integer(result.added);
      to.key("updated"), to.unsigned_integer(result.updated);
      to.key("skipped"), to.unsigned_integer(result.skipped);
      to.key("repeated"), to.unsigned_integer(result.repeated);
      to.key("secrets"), to.unsigned_integer(result.generated);
      to.key("without_secret"), to.unsigned_integer(result.without_secret);
      to.key("seconds"), to.number(seconds);
      to.end_object();
    }));
    return;
  }
  call.print(fmt::format("{} clients: {} added, {} updated, {} skipped, {} imported before; {:.1f} s ({}/s)\n",
                         with_commas(survey.clients), with_commas(result.added), with_commas(result.updated),
                         with_commas(result.skipped), with_commas(result.repeated), seconds,
                         with_commas(static_cast<uint64_t>(static_cast<double>(survey.clients) / seconds))));
}

}  // namespace

Outcome client_import(Call& call) {
  const auto started = std::chrono::steady_clock::now();
  Options options;
  if (auto stop = read_options(call, options)) return std::unexpected(*stop);
  auto lines = LineReader::open(options.import.file);
  if (!lines) return std::unexpected(lines.error());
  const auto records = record_source(options.import.file, *lines);
  ChunkReader chunks(*records, options.import.chunk_clients);
  const ImportSurvey survey = survey_import(options.import, *lines, chunks);
  if (!survey.faults.empty()) return std::unexpected(faults_text(options.import.file, survey));
  if (survey.clients == 0) return std::unexpected(Failure{options.import.file + ": no clients in it"});
  std::optional<SecretsFile> secrets;
  if (options.secrets_out) {
    auto opened = SecretsFile::open(*options.secrets_out);
    if (!opened) return std::unexpected(opened.error());
    secrets.emplace(*std::move(opened));
  }
  AdminClient sender(call.admin().socket_path());
  Progress progress(call.streams().err, survey.clients);
  const ImportEnds ends{sender, call.admin(), secrets ? &*secrets : nullptr,
                        [&progress](uint64_t clients) { progress.update(clients); }};
  ImportResult result;
  auto transferred = transfer_import(options.import, survey, *lines, chunks, ends, result);
  progress.clear();
  const uint64_t done = result.added + result.updated + result.skipped + result.repeated;
  if (!transferred) {
    return std::unexpected(Failure{
        fmt::format("{}\n{} of {} clients are in. The same command goes on from there; after a change of the file add "
                    "--on-conflict skip or update.",
                    transferred.error().text, with_commas(done), with_commas(survey.clients))});
  }
  if (result.without_secret != 0) {
    call.note(
        fmt::format("note: {} clients have no secret yet; --secrets-out generates them, `signetctl client "
                    "rotate-secret` makes one",
                    with_commas(result.without_secret)));
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  show_result(call, survey, result, elapsed.count());
  return {};
}

}  // namespace signet::ctl
