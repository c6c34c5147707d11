/* SPDX-License-Identifier: MIT */
/* table: the languages, tools and services that `ci:` knows */
#include "workflow/ci.h"

#define LANGUAGE(key, title, input, install)                                                       \
    { #key, title, input, "setup_" #key ".yml", install, offsetof(struct config, ci.key) }
const struct ci_language_row ci_languages[CI_LANGUAGES] = {
    [CI_PYTHON] = LANGUAGE(python, "Python", "python-version", "install_python.yml"),
    [CI_NODE] = LANGUAGE(node, "Node.js", "node-version", "install_node.yml"),
    [CI_GO] = LANGUAGE(go, "Go", "go-version", "install_go.yml"),
    [CI_JAVA] = LANGUAGE(java, "Java", "java-version", NULL),
    [CI_RUST] = LANGUAGE(rust, "Rust", NULL, "install_rust.yml"),
};

/* Maven or Gradle, by what the project has; its wrapper first. */
#define JAVA(maven, gradle)                                                                        \
    "if [[ -x mvnw ]]; then\n"                                                                     \
    "  ./mvnw --batch-mode " maven "\n"                                                            \
    "elif [[ -f pom.xml ]]; then\n"                                                                \
    "  mvn --batch-mode " maven "\n"                                                               \
    "elif [[ -x gradlew ]]; then\n"                                                                \
    "  ./gradlew " gradle "\n"                                                                     \
    "else\n"                                                                                       \
    "  gradle " gradle "\n"                                                                        \
    "fi\n"
/* Its settings are read from pyproject.toml only when it is told to. */
#define BANDIT                                                                                     \
    "options=(--recursive --quiet)\n"                                                              \
    "if grep --quiet --no-messages '^\\[tool\\.bandit' pyproject.toml; then\n"                     \
    "  options+=(--configfile pyproject.toml)\n"                                                   \
    "fi\n"

/*
 * Versions: those in use in public repositories in September and October 2026 (requirements and
 * workflows that pin them; govulncheck and staticcheck: tags of golang.org/x/vuln and
 * honnef.co/go/tools). Tools of Node.js, Java and Rust are the project's own.
 */
const struct ci_tool ci_tools[] = {
    {"flake8", CI_PYTHON, .package = "flake8==7.3.0", .command = "flake8 ."},
    {"black", CI_PYTHON, .package = "black==26.5.1", .command = "black --check --diff ."},
    {"ruff", CI_PYTHON, .package = "ruff==0.16.7", .command = "ruff check ."},
    {"ruff-format", CI_PYTHON, .package = "ruff==0.16.7",
     .command = "ruff format --check --diff ."},
    {"isort", CI_PYTHON, .package = "isort==8.0.1", .command = "isort --check-only --diff ."},
    {"mypy", CI_PYTHON, .package = "mypy==2.3.1", .command = "mypy .", .dependencies = true},
    {"pylint", CI_PYTHON, .package = "pylint==4.0.8", .command = "pylint --recursive=y .",
     .dependencies = true},
    {"eslint", CI_NODE, .command = "npx --no-install eslint .", .dependencies = true},
    {"prettier", CI_NODE, .command = "npx --no-install prettier --check .", .dependencies = true},
    {"tsc", CI_NODE, .command = "npx --no-install tsc --noEmit", .dependencies = true},
    {"gofmt", CI_GO,
     .command = "files=$(gofmt -l .)\n"
                "if [[ -n \"${files}\" ]]; then\n"
                "  gofmt -d . || true\n"
                "  exit 1\n"
                "fi\n"},
    {"vet", CI_GO, .command = "go vet ./..."},
    /* It may need a newer Go than the project is built with. */
    {"staticcheck", CI_GO,
     .install = "GOTOOLCHAIN=auto go install honnef.co/go/tools/cmd/staticcheck@v0.8.1",
     .command = "staticcheck ./..."},
    {"checkstyle", CI_JAVA, .command = JAVA("checkstyle:check", "checkstyleMain checkstyleTest")},
    {"spotless", CI_JAVA, .command = JAVA("spotless:check", "spotlessCheck")},
    {"rustfmt", CI_RUST, .command = "cargo fmt --all --check"},
    {"clippy", CI_RUST, .command = "cargo clippy --all-targets --all-features -- --deny warnings"},

    /* Tests are full of `assert`, which it calls low: it fails for more than that. */
    {"bandit", CI_PYTHON, .security = true, .package = "bandit[sarif,toml]==1.9.4",
     .report = BANDIT "bandit \"${options[@]}\" --exit-zero --format sarif --output bandit.sarif .",
     .command = "bandit \"${options[@]}\" -ll ."},
    {"pip-audit", CI_PYTHON, .security = true, .dependencies = true, .package = "pip-audit==2.10.1",
     .command = "pip-audit --skip-editable"},
    {"npm-audit", CI_NODE, .security = true, .command = "npm audit --audit-level=high"},
    {"govulncheck", CI_GO, .security = true,
     .install = "GOTOOLCHAIN=auto go install golang.org/x/vuln/cmd/govulncheck@v1.8.0",
     .report = "govulncheck -format sarif ./... >govulncheck.sarif",
     .command = "govulncheck ./..."},
    {"cargo-audit", CI_RUST, .security = true,
     .install = "cargo install --locked --version 0.22.2 cargo-audit", .command = "cargo audit"},
    {CI_REVIEW, CI_LANGUAGES, .security = true},
};
const uint32_t ci_ntools = sizeof ci_tools / sizeof *ci_tools;

/*
 * Images: the tags' digests as several public repositories have them, September and October 2026.
 * Frameworks make databases of their own for tests, so that accounts may do everything; the
 * passwords are those of databases that live as long as a job.
 */
const struct ci_service ci_services[] = {
    {"postgres",
     "postgres:18.6@sha256:5a5a84b19854a9ffaa54082c166ff4ec27473a361e496e5ea167f298f2da9722\n"
     "postgres:17.11@sha256:f4c66b820c6f974249089d3d16d86a3698eae11e8746eb6644b2271031e91232\n"
     "postgres:16.15@sha256:1a6ab3f5345eb6dbe04a1349529caabdb0ab09293a09590fad07b2246bfa4b54\n"
     "postgres:15.19@sha256:5f72c7b5bd616308ccfd2e74d6be16fb06364e5eecbb815fe9dc6ab9761d2111\n",
     1, "postgres aurora-postgresql", 5432, "service_postgres.yml",
     "DATABASE_URL=postgresql://test:test@127.0.0.1:5432/test\n"
     "PGHOST=127.0.0.1\n"
     "PGPORT=5432\n"
     "PGUSER=test\n"
     "PGPASSWORD=test\n"
     "PGDATABASE=test\n"},
    {"mysql",
     "mysql:8.4.11@sha256:b3b90af2a6552ae30c266fdb7d5dd55f3afb72404bb78d37fe8a23eb857fd3fb\n"
     "mysql:8.0.46@sha256:7dcddc01f13bab2f15cde676d44d01f61fc9f99fe7785e86196dfc07d358ae2b\n",
     2, "mysql aurora-mysql", 3306, "service_mysql.yml",
     "DATABASE_URL=mysql://root:test@127.0.0.1:3306/test\n"
     "MYSQL_HOST=127.0.0.1\n"
     "MYSQL_TCP_PORT=3306\n"
     "MYSQL_USER=root\n"
     "MYSQL_PASSWORD=test\n"
     "MYSQL_DATABASE=test\n"},
    {"mariadb",
     "mariadb:11.8.9@sha256:6422478cb8e159f080fb1d8ccf65101e26fe51385787fde7d16c3b165a331f15\n"
     "mariadb:11.4.13@sha256:611a2fcc5fa7c6ceb8644c6f74b25ede004ff6c3a6b38c8f8c23d3bbf6c26430\n",
     2, "mariadb", 3306, "service_mariadb.yml",
     "DATABASE_URL=mysql://root:test@127.0.0.1:3306/test\n"
     "MYSQL_HOST=127.0.0.1\n"
     "MYSQL_TCP_PORT=3306\n"
     "MYSQL_USER=root\n"
     "MYSQL_PASSWORD=test\n"
     "MYSQL_DATABASE=test\n"},
    {"redis",
     "redis:8.10.2@sha256:6f81e8915c60b065a524e6967e0ad1c639ba6efa84d669f823683ea04d9150ee\n", 1,
     "", 6379, "service_redis.yml",
     "REDIS_URL=redis://127.0.0.1:6379/0\n"
     "REDIS_HOST=127.0.0.1\n"
     "REDIS_PORT=6379\n"},
};
const uint32_t ci_nservices = sizeof ci_services / sizeof *ci_services;
