# Rasa's own environment and model; `make dialogue` prepares both and starts nothing.

DIALOGUE        := bot/dialogue
DIALOGUE_READY  := $(DIALOGUE)/.venv/.ready
DIALOGUE_MODEL  := .data/dialogue/models/rules.tar.gz
RASA            := RASA_TELEMETRY_ENABLED=false RASA_CACHE_DIRECTORY=.data/dialogue/cache TF_CPP_MIN_LOG_LEVEL=2 \
                   SQLALCHEMY_SILENCE_UBER_WARNING=1 $(DIALOGUE)/.venv/bin/rasa
# File by file: given the folder, Rasa would read the examples inside its own environment too.
DIALOGUE_DATA   := $(wildcard $(DIALOGUE)/*.yml)
# Rasa says much where nothing is wrong, so its words are shown only where something is.
QUIETLY         = > .data/dialogue/rasa.log 2>&1 || { cat .data/dialogue/rasa.log; exit 1; }

.PHONY: dialogue dialogue-check

dialogue: $(DIALOGUE_READY) $(DIALOGUE_MODEL) ## Prepare Rasa for private conversations (2.5 GB)

dialogue-check: $(DIALOGUE_READY) $(DIALOGUE_MODEL) ## Check Rasa's data and play its test conversations
	@echo "› checking Rasa's data and playing its test conversations"
	@$(RASA) data validate --data bot/nlu $(DIALOGUE_DATA) --domain domain.yml --config config.yml --fail-on-warnings \
		$(QUIETLY)
	@$(RASA) test core --model $(DIALOGUE_MODEL) --stories tests/dialogue/test_conversations.yml \
		--out .data/dialogue/results --fail-on-prediction-errors $(QUIETLY)

$(DIALOGUE_READY): $(DIALOGUE)/uv.lock | $(UV)
	@$(UV) --directory $(DIALOGUE) python find 3.10 >/dev/null 2>&1 || $(UV) python install --quiet 3.10 || { \
		echo "Rasa needs Python 3.10, which is not here and could not be fetched: install it and run make dialogue again."; \
		exit 1; }
	@echo "› installing Rasa's locked environment (2.5 GB)"
	@$(UV) --directory $(DIALOGUE) sync --quiet --frozen
	@touch $@

$(DIALOGUE_MODEL): $(DIALOGUE_READY) config.yml domain.yml $(DIALOGUE_DATA)
	@echo "› training the rules"
	@mkdir -p $(@D)
	@$(RASA) train core --stories $(DIALOGUE)/rules.yml --domain domain.yml --config config.yml \
		--out $(@D) --fixed-model-name $(basename $(basename $(@F))) $(QUIETLY)
	@touch $@
