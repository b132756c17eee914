/**
 * What Quern sells: data only. Prices are whole cents; `was` is the lowest price of the thirty days before a reduction,
 * which is the one European price law lets a shop strike through.
 * A product has at most one choice, a colour or a size. `item_id` in every event is `sku`.
 */

const oat = { id: 'oat', name: 'Oat', hex: '#e9ddc6' }
const rust = { id: 'rust', name: 'Rust', hex: '#a9512c' }
const ink = { id: 'ink', name: 'Ink', hex: '#34465c' }
const sea = { id: 'sea', name: 'Sea glass', hex: '#8fa89b' }

/** @type {{id: string, name: string, line: string, sku: string}[]} */
export const categories = [
  { id: 'stoneware', name: 'Stoneware', line: 'Plates, bowls and jugs, twice fired', sku: 'QN-1001' },
  { id: 'coffee-tea', name: 'Coffee & tea', line: 'For the slow ten minutes', sku: 'QN-2003' },
  { id: 'tools', name: 'Kitchen tools', line: 'Wood, iron and granite', sku: 'QN-3004' },
  { id: 'linen', name: 'Table linen', line: 'Washed flax, cut and sewn', sku: 'QN-4002' },
]

/**
 * @typedef {{id: string, name: string, hex?: string, price?: number, soldOut?: boolean}} Choice
 * @typedef {{sku: string, name: string, category: string, price: number, was?: number,
 *   image: string, alt: string, blurb: string, details: string[], choice?: {kind: 'colour'|'size', values: Choice[]},
 *   words?: string, added: number}} Product
 */

/** @type {Product[]} */
export const products = [
  {
    sku: 'QN-1001', name: 'Low Tide dinner plate', category: 'stoneware', price: 2800, image: 'plate', added: 11,
    alt: 'A stack of four stoneware plates with two figs on top',
    blurb: 'A wide, quiet plate with an unglazed edge. It stacks low, goes in the oven for the second helping and in the dishwasher afterwards.',
    details: ['27 cm across, 2.4 cm high', 'Stoneware, glazed inside and out, bare rim', 'Oven to 220 °C, dishwasher, microwave'],
    choice: { kind: 'colour', values: [oat, sea, ink] }, words: 'dish tableware dinnerware',
  },
  {
    sku: 'QN-1002', name: 'Low Tide pasta bowl', category: 'stoneware', price: 2150, was: 2600, image: 'pasta-bowl', added: 10,
    alt: 'A footed stoneware bowl with pasta and basil',
    blurb: 'Deep enough for broth, wide enough to twirl in. The foot is left bare so that you can carry it hot.',
    details: ['22 cm across, holds 0.9 l', 'Stoneware with a bare foot', 'Oven to 220 °C, dishwasher, microwave'],
    choice: { kind: 'colour', values: [oat, sea] }, words: 'dish tableware soup',
  },
  {
    sku: 'QN-1003', name: 'Batch mixing bowl', category: 'stoneware', price: 4400, image: 'mixing-bowl', added: 5,
    alt: 'A stoneware mixing bowl with blue bands and a pouring lip, batter and a wooden spoon in it',
    blurb: 'Three blue bands, one good lip. Heavy enough to stay where it is while you beat, light enough to pour with one hand.',
    details: ['Pouring lip, thumb rest under the rim', 'Stoneware, slip bands painted by hand', 'Dishwasher, microwave'],
    choice: { kind: 'size', values: [
      { id: 's', name: 'Small, 1.2 l', price: 3200 }, { id: 'm', name: 'Medium, 2.6 l' }, { id: 'l', name: 'Large, 4.5 l', price: 5800 },
    ] }, words: 'baking dough batter',
  },
  {
    sku: 'QN-1004', name: 'Orchard jug', category: 'stoneware', price: 5400, image: 'jug', added: 12,
    alt: 'A sea green jug holding olive branches',
    blurb: 'Thrown in one piece, handle pulled from the same clay. Water at lunch, branches for the rest of the week.',
    details: ['24 cm high, holds 1.6 l', 'Stoneware, sea glass glaze', 'Dishwasher'], words: 'pitcher vase carafe flowers',
  },
  {
    sku: 'QN-2001', name: 'Morning mug', category: 'coffee-tea', price: 1950, image: 'mug', added: 8,
    alt: 'A stoneware mug of coffee with a bare clay foot',
    blurb: 'Three fingers through the handle, a lip that does not drip, a foot that does not mark the table. The one we sell most.',
    details: ['9 cm across, holds 320 ml', 'Stoneware with a bare foot', 'Dishwasher, microwave'],
    choice: { kind: 'colour', values: [oat, rust, ink] }, words: 'cup coffee tea',
  },
  {
    sku: 'QN-2002', name: 'Pour-over dripper', category: 'coffee-tea', price: 3400, image: 'dripper', added: 9,
    alt: 'A ceramic coffee dripper on a glass carafe',
    blurb: 'Steep walls, straight ribs and one honest hole. Sits on any mug or carafe with a neck up to nine centimetres.',
    details: ['For size 02 papers, one to four cups', 'Stoneware; the carafe is not included', 'Dishwasher'],
    choice: { kind: 'colour', values: [oat, rust] }, words: 'coffee filter v60',
  },
  {
    sku: 'QN-2003', name: 'Stove-top kettle', category: 'coffee-tea', price: 5900, was: 7200, image: 'kettle', added: 7,
    alt: 'An enamelled kettle with a wooden handle',
    blurb: 'Enamel on steel, beech where you touch it. It does not whistle; it hums, and then you have tea.',
    details: ['1.6 l, every hob including induction', 'Enamelled steel, oiled beech', 'Wipe clean'],
    choice: { kind: 'colour', values: [{ id: 'cream', name: 'Cream', hex: '#efe6d2' }, { id: 'moss', name: 'Moss', hex: '#5f7052' }] }, words: 'tea coffee water boil',
  },
  {
    sku: 'QN-2004', name: 'Night rain teapot', category: 'coffee-tea', price: 6800, image: 'teapot', added: 4,
    alt: 'A dark blue teapot with a cane handle beside a small cup of tea',
    blurb: 'A round pot under a cane bail, with a strainer pierced into the wall. Comes with one cup, because there is always one who stays.',
    details: ['0.8 l, cup 120 ml', 'Stoneware, ink glaze, cane handle', 'Rinse with warm water only'], words: 'tea pot kyusu',
  },
  {
    sku: 'QN-3001', name: 'Olive wood spoons, set of three', category: 'tools', price: 2400, image: 'spoons', added: 3,
    alt: 'Three olive wood spoons in a stoneware crock',
    blurb: 'A turner, a stirring spoon and one for tasting. Cut from pruned branches; no two grains alike.',
    details: ['30, 30 and 22 cm', 'Olive wood, oiled; the crock is not included', 'Wash by hand, oil twice a year'], words: 'utensil cooking wooden',
  },
  {
    sku: 'QN-3002', name: 'Granite pestle and mortar', category: 'tools', price: 4600, image: 'mortar', added: 2,
    alt: 'A granite mortar with pesto and its pestle',
    blurb: 'Seven kilos that will not wander. Rough inside, smooth outside; the pestle is as long as your hand is wide.',
    details: ['18 cm across, 7.1 kg', 'Unpolished granite', 'Rinse with water, no soap'], words: 'spice grind pesto stone',
  },
  {
    sku: 'QN-3003', name: 'Beech board', category: 'tools', price: 3800, image: 'board', added: 6,
    alt: 'A beech board leaning on the wall behind a loaf of bread',
    blurb: 'End to end from one plank, with a hole to hang it by. Flip side is for onions.',
    details: ['3 cm thick, one piece', 'Beech from the Thuringian forest, oiled', 'Wash by hand, dry upright'],
    choice: { kind: 'size', values: [{ id: 's', name: 'Small, 36 × 20 cm' }, { id: 'l', name: 'Large, 48 × 28 cm', price: 5600 }] }, words: 'chopping cutting bread',
  },
  {
    sku: 'QN-3004', name: 'Cast-iron pan', category: 'tools', price: 7500, was: 8900, image: 'pan', added: 13,
    alt: 'A cast-iron pan with a fried egg on a rust red cloth',
    blurb: 'Cast in sand, ground smooth, seasoned three times before it leaves. The egg slides. So will yours.',
    details: ['26 cm, 2.3 kg', 'Cast iron, seasoned with linseed oil', 'Every hob and the oven; wipe, never soak'], words: 'skillet frying iron',
  },
  {
    sku: 'QN-4001', name: 'Washed linen tea towels, pair', category: 'linen', price: 2400, image: 'towels', added: 1,
    alt: 'Two linen towels on a rail, one striped, one checked',
    blurb: 'One striped, one checked, both thirsty. Washed once by us, so they are soft on the first day.',
    details: ['48 × 70 cm each, two to a pair', 'European flax, 220 g/m²', 'Wash at 60 °C'],
    choice: { kind: 'colour', values: [{ ...rust, hex: '#b4532f' }, { ...ink, hex: '#34506f' }] }, words: 'dish cloth kitchen',
  },
  {
    sku: 'QN-4002', name: 'Linen apron', category: 'linen', price: 5800, image: 'apron', added: 14,
    alt: 'A linen apron hanging from a peg rail',
    blurb: 'Long ties that meet in front, a pocket that holds a towel and a spoon. Heavy flax that softens with every wash.',
    details: ['One size, 72 × 88 cm', 'European flax, 320 g/m², brass rivets', 'Wash at 40 °C'],
    choice: { kind: 'colour', values: [{ id: 'flax', name: 'Flax', hex: '#cdb88f' }, ink, { ...rust, soldOut: true }] }, words: 'kitchen cooking',
  },
]
