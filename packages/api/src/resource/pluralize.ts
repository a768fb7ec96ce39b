/**
 * The plural of a lower-case kind as URLs spell it, by the same rules as controller-gen's library (gobuffalo/flect): `policies`,
 * `prometheuses`, `indices`, and unchanged for what looks like a plural already (`redis`, `lambda`, `data`). The rules look at the end of
 * the word, so `clusterindex` becomes `clusterindices`. Give `plural` to the decorator where that is not what you want.
 */
export function pluralize(word: string): string {
  const exact = EXACT.find(([singular]) => word === singular);
  if (exact) return exact[1];
  for (const [singular, plural] of RULES) {
    if (word.endsWith(plural)) return word;
    if (word.endsWith(singular)) return word.slice(0, word.length - singular.length) + plural;
  }
  return word.endsWith('s') ? word : `${word}s`;
}

type Rule = readonly [singular: string, plural: string];

/** Short words that mean something else at the end of longer ones. */
const EXACT = pairs('ox/oxen die/dice axis/axes alias/aliases use/uses toe/toes louse/lice medium/media');

/** The same in singular and plural. */
const UNCOUNTABLE = 'rice news money jeans information equipment graffiti media you tuna trout swine species shrimp sheep series salmon police moose fish deer chassis blues bison beef aircraft';

const IRREGULAR = pairs(
  'agenda/agendas formula/formulas pretorium/pretoriums cookie/cookies movie/movies move/moves hive/hives thief/thieves hoof/hoofs dwarf/dwarfs shoe/shoes ' +
  'topaz/topazes potato/potatoes tomato/tomatoes buffalo/buffaloes base/bases basis/bases testis/testes thesis/theses oasis/oases genesis/geneses ellipsis/ellipses crisis/crises ' +
  'helix/helices radix/radices appendix/appendices vortex/vortices vertex/vertices latex/latices index/indices codex/codices apex/apices ' +
  'uva/uvae cava/cavae larva/larvae vita/vitae minutia/minutiae differentia/differentiae vertebra/vertebrae alumna/alumnae ' +
  'genus/genera corpus/corpora syllabus/syllabi radius/radii octopus/octupuses nucleus/nuclei locus/loci focus/foci coccus/cocci cactus/cacti bacillus/bacilli alumnus/alumni ' +
  'quota/quotas curriculum/curriculums symposium/symposia auditorium/auditoria aquarium/aquaria stadium/stadiums medium/media ' +
  'taxon/taxa phenomenon/phenomena noumenon/noumena mitochondrion/mitochondria lexicon/lexica ganglion/ganglia criterion/criteria ' +
  'bureau/bureaus adieu/adieux fabliau/fabliaux person/people woman/women tooth/teeth mouse/mice human/humans man/men goose/geese foot/feet child/children',
);

/** Endings, the first that fits decides. */
const ENDINGS = pairs(
  'tive/tives eaf/eaves oaf/oaves afe/aves arf/arves rfe/rves rf/rves lf/lves fe/ves ay/ays ey/eys oy/oys quy/quies uy/uys y/ies eau/eaux ' +
  'bula/bulae hedron/hedra ium/ia seum/seums eum/ea oum/oa stracum/straca dum/da elum/ela ilum/ila olum/ola ulum/ula llum/lla ylum/yla imum/ima ernum/erna gnum/gna ' +
  'brum/bra crum/cra terum/tera serum/sera trum/tra antum/anta atum/ata entum/enta etum/eta itum/ita otum/ota utum/uta ctum/cta ovum/ova trix/trices ' +
  'iasis/iases mesis/meses kinesis/kineses resis/reses gnosis/gnoses opsis/opses ysis/yses ouse/ouses lause/lauses us/uses ' +
  'ch/ches io/ios sh/shes ss/sses ez/ezzes iz/izzes tz/tzes zz/zzes ano/anos lo/los to/tos oo/oos o/oes x/xes',
);

const RULES: readonly Rule[] = [...UNCOUNTABLE.split(' ').map((word): Rule => [word, word]), ...IRREGULAR, ...ENDINGS];

function pairs(text: string): Rule[] {
  return text.split(' ').map((pair) => pair.split('/') as unknown as Rule);
}
